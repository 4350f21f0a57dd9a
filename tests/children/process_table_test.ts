import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readFileSync } from "node:fs";
import { livesInGroup } from "../../tasks/_process_table.ts";
import { replaceDeno } from "../helpers/fake_deno.ts";

/** Higher than any number that a process has. */
const NOBODY = 2 ** 30;

describe("who lives in a process group", () => {
  it("is somebody in our own", async () => {
    const [, , , , group] = readFileSync("/proc/self/stat", "utf8").split(" ");
    assertEquals(await livesInGroup(Number(group)), true);
  });

  it("is nobody where nobody is", async () => {
    assertEquals(await livesInGroup(NOBODY), false);
  });

  it("is somebody where it may not be looked up, or cannot", async () => {
    for (const state of ["prompt", "denied"]) {
      using _deno = replaceDeno({
        permissions: { querySync: () => ({ state }) },
      });
      assertEquals(await livesInGroup(NOBODY), true);
    }
    using _deno = replaceDeno({
      permissions: {
        querySync() {
          throw new Error("There is none");
        },
      },
    });
    assertEquals(await livesInGroup(NOBODY), true);
  });

  it("is found without permissions to ask for", async () => {
    using _deno = replaceDeno({});
    assertEquals(await livesInGroup(NOBODY), false);
  });
});
