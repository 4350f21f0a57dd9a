import { describe, it } from "@std/testing/bdd";
import { MAIN_CHECKS } from "./main/checks.ts";
import { INSPECT_CHECKS } from "./main/inspect_checks.ts";
import { startBundle, startSource } from "./main/program.ts";

// Windows can send no signal to another process.
if (Deno.build.os !== "windows") {
  // Without any permission, as runMain() needs none.
  const start = startSource([]);
  const inspected = startSource(["--allow-net=127.0.0.1"]);

  describe("a program that ends with runMain(), on Deno,", () => {
    for (const [what, check] of Object.entries(MAIN_CHECKS)) {
      it(what, () => check(start));
    }
    for (const [what, check] of Object.entries(INSPECT_CHECKS)) {
      it(`whose page is looked at ${what}`, () => check(inspected));
    }
  });

  describe("a program that ends with runMain(), on Node,", () => {
    const checks = { ...MAIN_CHECKS, ...INSPECT_CHECKS };
    for (const [what, check] of Object.entries(checks)) {
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
