// Runs the portable tests on the Node of the PATH and on the newest one,
// against the package as npm gets it from JSR, and compares with Deno. Tries
// the quick start and the entries of the package, too.
import { assertEquals } from "@std/assert";
import {
  assertFails,
  assertStops,
  failingQuickStart,
  quickStart,
} from "../quick_start.ts";
import { bundle } from "./bundle.ts";
import { exportsOnDeno, exportsOnNode } from "./entries.ts";
import { name, npmName } from "./package.ts";
import { portableTests } from "./portable_tests.ts";
import { createProject } from "./project.ts";
import { newestNode, testOnDeno, testOnNode, versionOf } from "./runtimes.ts";

async function run(scratch: string): Promise<void> {
  const sources = portableTests();
  const { files, packages } = await bundle(sources, scratch);
  await createProject(scratch, packages);
  const nodes = ["node", await newestNode(scratch)];

  const onDeno = await testOnDeno(sources, scratch);
  const expected = onDeno.passed + onDeno.failed;
  console.log(`The same on Deno ${Deno.version.deno}: ${expected} tests`);
  if (expected === 0 || onDeno.failed > 0) Deno.exitCode = 1;

  for (const node of nodes) {
    await tryPackage(node, scratch);
    const { passed, failed } = await testOnNode(node, files, scratch);
    const version = await versionOf(node);
    console.log(`Node ${version}: ${passed} passed, ${failed} failed`);
    if (failed > 0 || passed !== expected) Deno.exitCode = 1;
  }
}

async function tryPackage(node: string, scratch: string): Promise<void> {
  assertEquals(await exportsOnNode(node, scratch), await exportsOnDeno());
  const program = (source: string) =>
    new Deno.Command(node, {
      args: ["--input-type=module", "--eval", source.replaceAll(name, npmName)],
      cwd: scratch,
      stdout: "piped",
      stderr: "piped",
    });
  if (Deno.build.os !== "windows") await assertStops(program(quickStart));
  await assertFails(program(failingQuickStart));
}

const scratch = await Deno.makeTempDir({ prefix: "goasync-" });
try {
  await run(scratch);
} finally {
  await Deno.remove(scratch, { recursive: true });
}
