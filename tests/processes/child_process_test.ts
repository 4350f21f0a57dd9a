import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runProgram } from "../helpers/run_program.ts";

/** Runs child_output.ts to its end. */
function run(...args: string[]) {
  const { href } = new URL("programs/child_output.ts", import.meta.url);
  return runProgram(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-lock", href, ...args],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }),
  );
}

describe("the output of a child that nobody takes", () => {
  it("goes where that of its parent goes", async () => {
    assertEquals(await run(), {
      code: 0,
      lines: ["up", "stops"],
      errors: "down\n",
    });
  });

  it("goes there, too, if a line shows that it is ready", async () => {
    assertEquals(await run("ready"), {
      code: 0,
      lines: ["up", "stops"],
      errors: "down\n",
    });
  });
});
