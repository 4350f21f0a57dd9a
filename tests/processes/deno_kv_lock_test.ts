import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runProgram } from "../helpers/run_program.ts";

describe("denoKvLock() over a file that another process writes to", () => {
  it("tries again when Deno KV gives up as the database is locked", async () => {
    const { href } = new URL("programs/deno_kv_lock.ts", import.meta.url);
    const flags = ["--quiet", "--no-lock", "--no-check", "--unstable-kv"];
    const { code, lines, errors } = await runProgram(
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", ...flags, href],
        env: { NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }),
    );
    assertEquals({ code, lines, errors }, {
      code: 0,
      lines: ["rejects: database is locked", "token 1"],
      errors: "",
    });
  });
});
