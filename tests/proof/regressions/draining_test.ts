import { type Task, TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { microtasks } from "../../rules/microtasks.ts";
import { running } from "../../rules/running.ts";

/** A task whose drain ends only when its signal aborts. */
const slow: Task = { drain: ({ done }) => done };

describe("what went wrong with drains", () => {
  it("a task that stopped its manager from execute was not waited for when it drained", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      ...slow,
      execute({ done }) {
        manager.stop();
        return done;
      },
    });
    const { errors } = await running(manager);
    assertEquals(manager.state, "draining");
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
  });

  it("a task that was added by a drain was not waited for when it drained", async () => {
    const manager = new TaskManager();
    manager.addTask("it", {
      drain() {
        manager.addExecuteTask("added", {
          execute: ({ done }) => done,
          drain: ({ done }) => done,
        });
      },
    });
    const { errors } = await running(manager);
    manager.stop();
    await microtasks();
    assertEquals(manager.state, "draining");
    manager.stop(undefined, { drain: false });
    assertEquals(await errors, []);
  });
});
