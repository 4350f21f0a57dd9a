import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runProgram } from "../helpers/run_program.ts";

const { href } = new URL(
  "programs/manager_listener_throws.ts",
  import.meta.url,
);

function run(...args: readonly string[]) {
  return runProgram(
    new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-lock", "--allow-all", href, ...args],
      env: { NO_COLOR: "1" },
      stdout: "piped",
      stderr: "piped",
    }),
  );
}

describe("a program of which an abort listener throws", () => {
  it("tells and cleans up all others if it handles errors", async () => {
    const ended = await run("handled");
    assertEquals(ended, {
      code: 0,
      lines: [
        "first is told",
        "second is told",
        "handled: The listener is broken",
        "third is told",
        "third is cleaned up",
        "second is cleaned up",
        "first is cleaned up",
        "ended",
      ],
      errors: "",
    });
  });

  it("ends with the error if it does not", async () => {
    const { code, lines, errors } = await run();
    assertEquals(code, 1);
    assertEquals(lines, ["first is told", "second is told"]);
    assert(errors.includes("The listener is broken"), errors);
  });
});
