import { assertEquals, assertMatch } from "@std/assert";
import type { Parent } from "./parents.ts";

/** Runs a program to its end, after which none of its children may be left. */
async function run(parent: Parent, ...args: string[]): Promise<string> {
  const { program, marked } = parent.start(...args);
  const { code, text } = await program.ended;
  const left = await marked.left();
  marked.kill();
  assertEquals({ code, left }, { code: 0, left: 0 }, text);
  return text;
}

/** Many children of all kinds. One kind leaves its group, and ends in 3 s. */
export async function crowdOf(parent: Parent, count: number): Promise<void> {
  const { program, marked } = parent.start("crowd", `${count}`);
  const { code, text } = await program.ended;
  for (let asked = 0; asked < 100 && marked.pids.length > 0; asked++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const left = marked.shown;
  marked.kill();
  assertEquals({ code, left, text }, {
    code: 0,
    left: [],
    text: `${count} children were stopped\n`,
  });
}

/** A child that never yields. */
export async function spinning(parent: Parent, by: string): Promise<string> {
  const text = await run(parent, "spins", by);
  const error = by === "grace"
    ? ""
    : 'Task "spins" timed out in execute: stopTimeout of 300 ms is over';
  assertMatch(
    text,
    new RegExp(`^database closed\nstopped after \\d+ ms: ${error}.*\n$`),
  );
  return text.match(/\d+ ms/)?.[0] ?? "";
}

/** Children with errors that they do not catch. */
export async function failing(parent: Parent): Promise<void> {
  const lines = (await run(parent, "fails")).split("\n");
  const expected =
    /^Task "child" failed in execute: ".+" has ended with exit code 1; its last lines are:.*broken in the child/;
  for (const line of [0, 2]) {
    assertEquals(lines[line], "database closed");
    assertMatch(lines[line + 1] ?? "", expected);
  }
}
