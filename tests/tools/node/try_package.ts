import { assertEquals } from "@std/assert";
import {
  assertFails,
  assertStops,
  failingQuickStart,
  quickStart,
} from "../../project/quick_start.ts";
import { exportsOnDeno, exportsOnNode } from "./entries.ts";
import { name, npmName } from "./package.ts";

/** Asserts that a Node imports every entry of a package and runs the quick start. */
export async function tryPackage(node: string, project: string): Promise<void> {
  assertEquals(await exportsOnNode(node, project), await exportsOnDeno());
  const program = (source: string) =>
    new Deno.Command(node, {
      args: ["--input-type=module", "--eval", source.replaceAll(name, npmName)],
      cwd: project,
      stdout: "piped",
      stderr: "piped",
    });
  if (Deno.build.os !== "windows") await assertStops(program(quickStart));
  await assertFails(program(failingQuickStart));
}
