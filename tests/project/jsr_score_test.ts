import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import config from "../../deno.json" with { type: "json" };

// What JSR gives points for, of all that the files decide.

const LONGEST_DESCRIPTION = 250;
const RUNTIMES = ["Deno", "Node.js", "Bun", "Browsers", "Cloudflare Workers"];

const root = new URL("../../", import.meta.url);
const readme = read("README.md");
const entries = await Promise.all(Object.values(config.exports).map(document));

describe("the score on JSR", () => {
  it("counts a README that has examples", () => {
    assertMatch(readme, /^```ts/m);
  });

  it("counts a module doc in every entry", () => {
    for (const { path, moduleDoc } of entries) assert(moduleDoc, path);
  });

  it("counts documented symbols, which are all", () => {
    const undocumented = entries.flatMap(({ path, symbols }) =>
      symbols.flatMap(({ name, declarations }) =>
        declarations.every(({ jsDoc }) => jsDoc) ? [] : [`${name} of ${path}`]
      )
    );
    assert(entries.every(({ symbols }) => symbols.length > 0));
    assertEquals(undocumented, []);
  });

  it("counts that no types are slow", async () => {
    assert(!JSON.stringify(config).includes("slow-types"));
    await deno("publish", "--dry-run", "--allow-dirty");
  });

  it("counts provenance, which the workflow that publishes gives", () => {
    const workflow = read(".github/workflows/publish.yml");
    assertMatch(workflow, /^ +id-token: write/m);
    assertMatch(workflow, /^ +- run: deno publish$/m);
  });

  it("counts a description, with which the README opens", () => {
    const [, description = ""] = readme.split("\n\n");
    const line = description.replaceAll("\n", " ");
    assert(line.length <= LONGEST_DESCRIPTION, `${line.length} characters`);
    assertMatch(line, /^[A-Z].+\.$/);
    console.log(`To be set on the site, as no file can:
- Description: ${line}
- Runtimes that are compatible, of which two count: ${RUNTIMES.join(", ")}
- The GitHub repository, without which nothing can be published from there`);
  });
});

interface Entry {
  readonly path: string;
  readonly moduleDoc: boolean;
  readonly symbols: readonly {
    readonly name: string;
    readonly declarations: readonly { readonly jsDoc?: unknown }[];
  }[];
}

/** What the documentation of an entry has. */
async function document(path: string): Promise<Entry> {
  const { nodes } = JSON.parse(await deno("doc", "--json", path));
  const [module] = Object.values<
    { module_doc?: unknown; symbols: Entry["symbols"] }
  >(nodes);
  return {
    path,
    moduleDoc: module?.module_doc !== undefined,
    symbols: module?.symbols ?? [],
  };
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, root)).replaceAll("\r\n", "\n");
}

async function deno(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "--no-lock"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  assert(success, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
