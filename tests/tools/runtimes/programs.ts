import { assertEquals } from "@std/assert";
import type { Counts } from "../junit.ts";
import type { TestResults } from "../../std/bdd_web.ts";
import { type Bundler, byDeno, byEsbuild } from "./bundle.ts";
import { programOn, testsOn } from "./entry.ts";
import type { Imported } from "./programs/import_entries.ts";
import { posted } from "./programs/pagehide.ts";
import { expected } from "./programs/use_entries.ts";
import type { Project, Runtime } from "./runtime.ts";

type Place = Pick<Runtime, "host" | "run">;

/** Runs the portable tests where there is no test runner. */
export async function testInBundle(
  place: Place,
  { folder, tests }: Pick<Project, "folder" | "tests">,
): Promise<Counts> {
  const bundle = `${folder}/tests_${place.host}_${crypto.randomUUID()}.js`;
  await byEsbuild(testsOn(place.host, tests), folder, bundle);
  const { passed, failures } = await place.run(bundle) as TestResults;
  for (const failure of failures) console.log(failure);
  return { passed, failed: failures.length };
}

/** Asserts that every entry can be imported, and that this starts nothing. */
export async function checkImports(
  place: Place,
  project: Project,
): Promise<void> {
  const result = await runProgram(place, "import_entries", byEsbuild, project);
  const { exports, started, isSpied } = result as Imported;
  assertEquals(exports, project.exports);
  assertEquals(started, []);
  assertEquals(isSpied, true);
}

/** The checks that bundles of the portable entries work. */
export function bundleChecks(
  place: Place,
  project: Project,
): Runtime["checks"] {
  const check = (bundler: Bundler) => async () =>
    assertEquals(
      await runProgram(place, "use_entries", bundler, project),
      expected,
    );
  return {
    "bundled by esbuild": check(byEsbuild),
    "bundled by Deno": check(byDeno),
  };
}

/** Asserts that a manager stops when its page is left, and cleans up. */
export async function checkPagehide(
  place: Place,
  project: Project,
): Promise<void> {
  assertEquals(
    await runProgram(place, "pagehide", byEsbuild, project),
    posted,
  );
}

async function runProgram(
  { host, run }: Place,
  name: string,
  bundler: Bundler,
  { folder }: Project,
): Promise<unknown> {
  const bundle = `${folder}/${name}_${host}_${crypto.randomUUID()}.js`;
  await bundler(programOn(host, name), folder, bundle);
  return await run(bundle);
}
