import { describe, it } from "@std/testing/bdd";
import { TERMINAL_CHECKS } from "./terminal/checks.ts";
import { terminal } from "./terminal/terminal.ts";

const COMMANDS = {
  Deno: [Deno.execPath(), "run", "--quiet", "--no-lock", "--allow-all"],
  Node: ["node"],
};

for (const [runtime, [command, ...flags]] of Object.entries(COMMANDS)) {
  describe(`the terminal of ${runtime}`, () => {
    for (const [what, check] of Object.entries(TERMINAL_CHECKS)) {
      it(what, async () => {
        const folder = await Deno.makeTempDir({ prefix: "goasync-" });
        try {
          await check(terminal(folder, command!, ...flags));
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      });
    }
  });
}
