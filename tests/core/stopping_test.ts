import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { untilStopped } from "../helpers/noting_task.ts";
import { running } from "../helpers/running.ts";
import { summary } from "../helpers/summary.ts";
import { pass } from "../helpers/pass.ts";

describe("a manager that stops", () => {
  it("gives nobody more time to end when it is told again", async () => {
    using time = new FakeTime();
    const manager = new TaskManager({ stopTimeout: 10 });
    const stuck = manager.addExecuteTask("stuck", () => new Promise(() => {}));
    const errors = manager.runSettled();
    await time.runMicrotasks();
    manager.stop();
    await pass(time, 6);
    manager.stop();
    await pass(time, 4);
    assertEquals(stuck.state, "timed-out");
    assertEquals(summary(await errors), ["stuck execute TIMEOUT"]);
  });

  it("stops and cleans up, and never executes, when it was initializing", async () => {
    const states: string[] = [];
    const manager = new TaskManager();
    manager.addTask("task", {
      async initialize() {
        manager.stop();
        await null;
        states.push(manager.state);
      },
      execute: untilStopped,
      cleanup: () => void states.push(manager.state),
    });
    const { errors } = await running(manager);
    assertEquals(await errors, []);
    assertEquals(states, ["stopping", "cleaning-up"]);
  });

  it("does not count those who are not in the stop-group", async () => {
    const manager = new TaskManager();
    manager.addTask("member", { execute: untilStopped }, {
      type: "stop-group",
    });
    const job = manager.addTask("job", { execute() {} }, { type: "error" });
    const { errors } = await running(manager);
    assertEquals(await job.finished, "clean");
    assertEquals(manager.state, "executing");
    await manager.stop();
    assertEquals(await errors, []);
  });
});
