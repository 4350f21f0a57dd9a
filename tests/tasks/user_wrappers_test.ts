import { type Task, TaskManager } from "@goasync/core";
import { forceStop } from "@goasync/core/tasks/force-stop";
import { interruptible } from "@goasync/core/tasks/interruptible";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { FakeProcess } from "../helpers/fake_process.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { stuck } from "../helpers/stuck.ts";
import { AwaitedLog } from "../helpers/awaited_log.ts";
import { gate } from "../helpers/gate.ts";
import { DRAINED, inTurn, logged } from "../helpers/generations.ts";
import { pass } from "../helpers/pass.ts";
import { userForceStop, userInterruptible } from "../helpers/user_wrappers.ts";

for (
  const [whose, wrap] of [["ours", forceStop], [
    "a user's",
    userForceStop,
  ]] as const
) {
  describe(`forceStop(), ${whose}`, () => {
    it("fails a task that does not stop in time, and cleans up", async () => {
      using time = new FakeTime();
      const log: string[] = [];
      const manager = new TaskManager();
      const task: Task = {
        initialize: () => log.push("initialize"),
        execute: stuck,
        cleanup: () => log.push("cleanup"),
      };
      const handle = manager.addTask("it", wrap(500, task));
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop();
      await pass(time, 499);
      assertEquals(manager.state, "stopping");
      await pass(time, 1);
      const ended = await errors;
      assertEquals(
        ended.map(({ path, stage, code }) => [path, stage, code]),
        [[["it"], "execute", "FAILED"]],
      );
      assertEquals(handle.state, "failed");
      assertEquals(log, ["initialize", "cleanup"]);
    });

    it("leaves no timer when the task stops in time, by its reason, too", async () => {
      using time = new FakeTime();
      using timers = new CountedTimers();
      const manager = new TaskManager();
      const finish = gate();
      const task: Task = {
        async execute({ signal, done }) {
          await done;
          await finish.reached;
          throw signal.reason;
        },
      };
      manager.addTask("it", wrap(500, task));
      const errors = manager.runSettled();
      await time.runMicrotasks();
      manager.stop("enough");
      assertEquals(timers.running, 1);
      finish.open();
      assertEquals(await errors, []);
      assertEquals(timers.running, 0);
    });

    it("holds its signal until the task has drained, if it does", async () => {
      for (const drains of [true, false]) {
        const finish = gate();
        const manager = new TaskManager();
        const task: Task = { cleanup() {} };
        if (drains) task.drain = () => finish.reached;
        manager.addTask("it", wrap(500, task));
        const errors = manager.runSettled();
        await microtasks();
        manager.stop();
        assertEquals(manager.state, drains ? "draining" : "stopping");
        finish.open();
        assertEquals(await errors, []);
      }
    });
  });
}

for (
  const [whose, wrap] of [["ours", interruptible], [
    "a user's",
    userInterruptible,
  ]] as const
) {
  describe(`interruptible(), ${whose}`, () => {
    it("drains, stops, cleans up and starts anew on a signal", async () => {
      using os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const finish = gate();
      const task = logged(log, {
        drain: inTurn(() => finish.reached, () => {}, () => {}),
      });
      manager.addTask("it", wrap(["SIGHUP"], task));
      const errors = manager.runSettled();
      await log.length(2);
      os.raise("SIGHUP");
      await microtasks();
      assertEquals(log.entries, ["initialize", "execute", "drain"]);
      finish.open();
      await log.length(6);
      os.raise("SIGHUP");
      await log.length(10);
      manager.stop();
      assertEquals(await errors, []);
      assertEquals(log.entries, [...DRAINED, ...DRAINED, ...DRAINED]);
      assertEquals(os.handlers, []);
    });

    it("stops the manager within, and the next with the task", async () => {
      using os = new FakeProcess();
      const inners: TaskManager[] = [];
      const manager = new TaskManager();
      manager.addTask(
        "it",
        wrap(["SIGHUP"], {
          execute: (context) => {
            const inner = new TaskManager();
            inner.addTask("leaf", { cleanup() {} });
            inners.push(inner);
            return inner.execute(context);
          },
        }),
      );
      const errors = manager.runSettled();
      await microtasks();
      os.raise("SIGHUP");
      await microtasks();
      assertEquals(inners.map(({ state }) => state), ["finished", "executing"]);
      manager.stop();
      assertEquals(inners[1]!.state, "stopping");
      assertEquals(await errors, []);
    });

    it("gives its context a stop of its own and that of the task", async () => {
      using os = new FakeProcess();
      const log = new AwaitedLog();
      const manager = new TaskManager();
      const reasons: string[] = [];
      const task = logged(log, {
        initialize: ({ draining, signal }) => {
          for (const each of [draining, signal]) {
            each.addEventListener("abort", () => {
              const { reason } = each;
              reasons.push(reason === "enough" ? reason : reason.name);
            });
          }
        },
      });
      manager.addTask("it", wrap(["SIGHUP"], task));
      const errors = manager.runSettled();
      await log.length(2);
      os.raise("SIGHUP");
      await log.length(5);
      manager.stop("enough");
      assertEquals(await errors, []);
      assertEquals(reasons, ["AbortError", "AbortError", "enough", "enough"]);
    });
  });
}
