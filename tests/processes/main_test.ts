import { describe, it } from "@std/testing/bdd";
import { MAIN_CHECKS } from "./main/checks.ts";
import { startBundle, startSource } from "./main/program.ts";

// Windows can send no signal to another process.
if (Deno.build.os !== "windows") {
  // Without any permission, as runMain() needs none.
  const start = startSource([]);

  describe("a program that ends with runMain(), on Deno,", () => {
    for (const [what, check] of Object.entries(MAIN_CHECKS)) {
      it(what, () => check(start));
    }
  });

  describe("a program that ends with runMain(), on Node,", () => {
    for (const [what, check] of Object.entries(MAIN_CHECKS)) {
      it(what, async () => {
        const folder = await Deno.makeTempDir({ prefix: "goasync-" });
        try {
          await check(startBundle(folder, "node"));
        } finally {
          await Deno.remove(folder, { recursive: true });
        }
      });
    }
  });
}
