import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import config from "../../deno.json" with { type: "json" };
import {
  assertFails,
  assertStops,
  failingQuickStart,
  quickStart,
} from "./quick_start.ts";

const root = new URL("../../", import.meta.url);
const readme = Deno.readTextFileSync(new URL("README.md", root));

/** A row of the table of runtimes: which ones, their versions, how many tests. */
const ROW =
  /^\| (\w+(?:, [a-z ]+?)*) +\| ([\d.]+(?:, [\d.]+)*) +\| (\d+) +\|$/gm;

/** How many versions are tested of each. */
const RUNTIMES = {
  "Deno": 1,
  "Node": 4,
  "Bun": 1,
  "workerd": 1,
  "Chromium, page, dedicated worker": 1,
};

describe("the README", () => {
  it("shows near its top two commands for a bare machine", () => {
    const [, firstBlock = ""] = readme.split("```");
    assertEquals(firstBlock.trim().split("\n").slice(1), [
      "npx -y deno@2.9.6 task example pubsub",
      "npx -y deno@2.9.6 task test",
    ]);
    assertEquals(Object.keys(config.tasks).slice(0, 2), ["example", "test"]);
  });

  it("names everything that the package exports", async () => {
    for (const key of Object.keys(config.exports)) {
      const module = await import(config.name + key.slice(1));
      for (const name of Object.keys(module)) {
        assertStringIncludes(readme, name);
      }
    }
  });

  it("says of every runtime that it passes the same tests", () => {
    const rows = [...readme.matchAll(ROW)];
    const versions = rows.map(([, runtime, versions = ""]) => [
      runtime,
      versions.split(", ").length,
    ]);
    assertEquals(Object.fromEntries(versions), RUNTIMES);
    assertEquals(new Set(rows.map(([, , , tests]) => tests)).size, 1);
  });

  it("links to files and shows pictures that exist", () => {
    const links = readme.matchAll(
      /(?:\]\(|\bsrc(?:set)?=")(?!https?:)([^)"#]+)/g,
    );
    for (const [, link = ""] of links) {
      assert(Deno.statSync(new URL(link, root)).isFile, link);
    }
  });

  if (Deno.build.os !== "windows") {
    it("has a quick start that stops in order at Ctrl-C", async () => {
      await assertStops(program(quickStart));
    });
  }

  it("has a quick start that prints every error if tasks fail", async () => {
    await assertFails(program(failingQuickStart));
  });
});

/** Deno, which runs a source as if it were a file of this package. */
function program(source: string): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", "--no-lock", "--ext=ts", source],
    cwd: root,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  });
}
