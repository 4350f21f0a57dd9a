import {
  type ExecuteFunction,
  type TaskContext,
  TaskManager,
} from "@goasync/core";
import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

const TYPE = { type: "error" } as const;

/** This library. */
export const goasync: Contender = {
  name: "goasync",
  cancels: true,
  works: {
    async A(count) {
      const tally = new Tally();
      const manager = new TaskManager();
      for (let i = 1; i < count; i++) {
        manager.addExecuteTask("task", tally.instant, TYPE);
      }
      const last = manager.addExecuteTask("task", tally.instant, TYPE);
      const run = manager.run();
      await last.finished;
      manager.stop();
      await run;
      return tally.finished;
    },
    async B(count, allWait) {
      const tally = new Tally();
      const task = ({ signal }: TaskContext) => tally.untilAborted(signal);
      await runWaiting(task, count, allWait);
      return tally.finished;
    },
    async "B'"(count, allWait) {
      const tally = new Tally();
      const task = ({ done }: TaskContext) => tally.until(done);
      await runWaiting(task, count, allWait);
      return tally.finished;
    },
    async C(count) {
      const tally = new Tally();
      const manager = new TaskManager();
      const run = manager.run();
      await executing(manager);
      for (let i = 1; i < count; i++) {
        manager.addExecuteTask("task", tally.instant, TYPE);
      }
      await manager.addExecuteTask("task", tally.instant, TYPE).finished;
      manager.stop();
      await run;
      return tally.finished;
    },
    async "C'"(count) {
      const tally = new Tally();
      const manager = new TaskManager();
      const run = manager.run();
      await executing(manager);
      for (let i = 0; i < count; i++) {
        manager.addExecuteTask("task", tally.synchronous, TYPE);
      }
      manager.stop();
      await run;
      return tally.finished;
    },
    async D(count) {
      const tally = new Tally();
      const manager = new TaskManager();
      const task = {
        initialize: tally.instant,
        execute: tally.instant,
        cleanup: tally.instant,
      };
      let last;
      for (let i = 0; i < count; i++) {
        last = manager.addTask("task", task, TYPE);
      }
      const run = manager.run();
      await last?.finished;
      manager.stop();
      await run;
      return tally.finished / 3;
    },
  },
};

/** Has that many tasks wait, and stops them. */
async function runWaiting(
  task: ExecuteFunction,
  count: number,
  allWait: () => void,
): Promise<void> {
  const manager = new TaskManager();
  for (let i = 0; i < count; i++) manager.addExecuteTask("task", task);
  const run = manager.run();
  await executing(manager);
  allWait();
  manager.stop();
  await run;
}

/** Waits until a manager that runs has called everything added so far. */
function executing(manager: TaskManager): Promise<void> {
  return new Promise((resolve) => {
    manager.addExecuteTask("last", () => resolve(), TYPE);
  });
}
