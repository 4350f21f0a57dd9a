import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AsyncLocalStorage } from "node:async_hooks";

describe("TaskManagerOptions.around", () => {
  it("gives each stage a store of its own, for all that it awaits", async () => {
    const storage = new AsyncLocalStorage<string>();
    const log: string[] = [];
    const manager = new TaskManager({
      around: (call, { path, stage }) =>
        storage.run(`${path.join("/")} ${stage}`, call),
    });
    const note = async () => {
      await null;
      log.push(`${storage.getStore()}`);
    };
    for (const name of ["a", "b"]) {
      manager.addTask(name, {
        initialize: note,
        execute: ({ done }) => done.then(note),
        drain: note,
        cleanup: note,
      });
    }
    const run = manager.run();
    manager.addExecuteTask("stop", () => void manager.stop(), {
      type: "error",
    });
    await run;
    assertEquals(log, [
      "a initialize",
      "b initialize",
      "a drain",
      "b drain",
      "a execute",
      "b execute",
      "b cleanup",
      "a cleanup",
    ]);
    assertEquals(storage.getStore(), undefined);
  });
});
