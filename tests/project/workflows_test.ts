import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const folder = new URL("../../.github/workflows/", import.meta.url);
const workflows = [...Deno.readDirSync(folder)].map(({ name }) => ({
  name,
  lines: Deno.readTextFileSync(new URL(name, folder)).split(/\r?\n/),
}));

describe("the workflows", () => {
  it("use actions that are pinned by commit", () => {
    const used = workflows.flatMap(({ lines }) => lines).filter((line) =>
      line.includes("uses:")
    );
    assert(used.length > 0);
    for (const line of used) assertMatch(line, /@[0-9a-f]{40} # v\d/);
  });

  it("may by default read the sources, and nothing else", () => {
    for (const { name, lines } of workflows) {
      const text = lines.join("\n");
      assertMatch(text, /^permissions:\n +contents: read\n\n/m, name);
    }
  });

  it("may write nothing but the provenance of what is published", () => {
    const writing = workflows.flatMap(({ name, lines }) =>
      lines.filter((line) => /: write\b|write-all/.test(line))
        .map((line) => `${name}: ${line.trim()}`)
    );
    assertEquals(writing, ["publish.yml: id-token: write # for provenance"]);
  });
});
