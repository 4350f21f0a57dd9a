import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { livesInGroup, unlessEnded } from "../../tasks/_process_table.ts";
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

  it("is nobody who has ended, and whose parent does not ask how", async () => {
    const script = "setsid sh -c 'echo $$' & exec sleep 60";
    const parent = spawn("sh", ["-c", script]);
    const [line] = await once(parent.stdout, "data");
    const group = Number(String(line));
    while (!/ Z /.test(readFileSync(`/proc/${group}/stat`, "utf8"))) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    process.kill(-group, 0); // Which does not throw.
    assertEquals(await livesInGroup(group), false);
    parent.kill();
    await once(parent, "close");
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

  it("is somebody where too much is open to look anybody up", () => {
    const error = Object.assign(new Error("Too many"), { code: "EMFILE" });
    assertThrows(() => unlessEnded(error), Error, "Too many");
    assertEquals(unlessEnded({ code: "ENOENT" }), "");
    assertEquals(unlessEnded({ code: "ESRCH" }), "");
  });

  it("is found without permissions to ask for", async () => {
    // Deno itself needs the rest of it.
    const { Deno = {} } = globalThis as { Deno?: object };
    using _deno = replaceDeno({ ...Deno, permissions: undefined });
    assertEquals(await livesInGroup(NOBODY), false);
  });
});
