import { assert, assertEquals } from "@std/assert";
import type { Terminal } from "./terminal.ts";

/** What is to be seen on the terminal of every runtime that has one. */
export const TERMINAL_CHECKS: Readonly<
  Record<string, (terminal: Terminal) => Promise<void>>
> = {
  "prints the line that threw once, when its error is caught": caught,
  "prints the line that threw when its error is uncaught": uncaught,
  "prints of what a user is handed what its JSON has": handed,
};

/** The same for one terminal. */
export function terminalChecks(
  terminal: Terminal,
): Record<string, () => Promise<void>> {
  const checks: Record<string, () => Promise<void>> = {};
  for (const [what, check] of Object.entries(TERMINAL_CHECKS)) {
    checks[what] = () => check(terminal);
  }
  return checks;
}

async function caught(terminal: Terminal): Promise<void> {
  const { code, stdout, stderr } = await terminal("terminal_errors");
  assertEquals([code, stderr], [0, ""]);
  const sections = sectionsOf(stdout);
  assertEquals(sections.size, 16);
  for (const [title, text] of sections) {
    const throws = [
      countThrows(text, "openPort"),
      countThrows(text, "closeFile"),
    ];
    const expected = title.startsWith("two") ? [1, 1] : [1, 0];
    assertEquals(throws, expected, `${title}:\n${text}`);
  }
}

async function uncaught(terminal: Terminal): Promise<void> {
  for (const depth of ["1", "2", "3", "6"]) {
    for (const args of [[depth], [depth, "unwatched"]]) {
      const { code, stderr } = await terminal("terminal_errors", ...args);
      assertEquals(code, 1);
      assert(countThrows(stderr, "openPort") >= 1, stderr);
    }
  }
}

async function handed(terminal: Terminal): Promise<void> {
  const { code, stdout, stderr } = await terminal("terminal_shown");
  assertEquals([code, stderr], [0, ""]);
  const sections = sectionsOf(stdout);
  const report = sections.get("the report")!;
  sections.delete("the report");
  assertEquals(Object.fromEntries(sections), {
    "the handle": everyWay(
      'TaskHandle { name: "db", state: "executing" }',
      '{"name":"db","state":"executing"}',
    ),
    "the context": everyWay(
      'TaskContext { name: "db", isTold: false, isAborted: false }',
      '{"name":"db","isTold":false,"isAborted":false}',
    ),
    "the manager": everyWay(
      'TaskManager { state: "executing", tasks: [ "db executing" ] }',
      '{"state":"executing","tasks":["db executing"]}',
    ),
  });
  assert(report.includes("executing"), report);
  assert(!stdout.includes("hunter2"), stdout);
}

/** What is printed of an object alone, after a text, as text and as JSON. */
function everyWay(text: string, json: string): string {
  return [text, `it is ${text}`, text, json].join("\n");
}

/** The texts below their titles. */
function sectionsOf(printed: string): Map<string, string> {
  const sections = printed.split(/^--- /m).slice(1).map((section) => {
    const end = section.indexOf("\n");
    return [section.slice(0, end), section.slice(end + 1).trimEnd()] as const;
  });
  return new Map(sections);
}

/** How many stacks there are with the call of a function that threw. */
function countThrows(text: string, name: string): number {
  const line = new RegExp(`^ *at .*\\b${name}\\b.*:\\d+:\\d+\\)?$`, "gm");
  return text.match(line)?.length ?? 0;
}
