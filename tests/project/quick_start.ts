import { assertEquals, assertStringIncludes } from "@std/assert";
import { runProgram } from "../helpers/run_program.ts";

const README = new URL("../../README.md", import.meta.url);

/** The quick start of the README, on any free port. */
export const quickStart: string = [
  ["listen(8000)", "listen(0)"],
  ["localhost:8000", 'localhost:" + Object(server.address()).port + "'],
  ["5_000", "100"],
].reduce(
  (source, [before = "", after = ""]) => edited(source, before, after),
  codeBelow("## Quick start"),
);

/** The quick start with two tasks more, both of which fail. */
export const failingQuickStart: string = edited(
  quickStart,
  "await runMain",
  `for (const name of ["mail", "fax"]) {
  manager.addExecuteTask(name, () => Promise.reject(new Error("No " + name)));
}
await runMain`,
);

/**
 * Asserts that the quick start stops in order at Ctrl-C, and exits with 0, while
 * a browser keeps a connection open that it has not used.
 */
export async function assertStops(quickStart: Deno.Command): Promise<void> {
  let connection: Deno.Conn | undefined;
  const { code, lines, errors } = await runProgram(
    quickStart,
    "localhost",
    async (printed) => {
      const [, port] = printed.match(/localhost:(\d+)/)!;
      connection = await Deno.connect({ port: Number(port) });
    },
  );
  connection!.close();
  assertEquals(errors, "");
  assertEquals(lines.map((line) => line.replace(/http:.*/, "…")), [
    "database: connected",
    "server: …",
    "database: closed",
  ]);
  assertEquals(code, 0);
}

/** Asserts that the failing quick start prints every error, and exits with 1. */
export async function assertFails(quickStart: Deno.Command): Promise<void> {
  const { code, lines, errors } = await runProgram(quickStart);
  assertEquals(lines.at(-1), "database: closed");
  assertStringIncludes(errors, 'Task "mail" failed in execute: No mail');
  assertStringIncludes(errors, 'Task "fax" failed in execute: No fax');
  assertEquals(code, 1);
}

function codeBelow(heading: string): string {
  const [, section = ""] = Deno.readTextFileSync(README).split(heading);
  const [, block = ""] = section.split("```");
  return block.slice(block.indexOf("\n") + 1);
}

function edited(source: string, before: string, after: string): string {
  if (source.includes(before)) return source.replace(before, after);
  throw new Error(`Expected the quick start to have "${before}"`);
}
