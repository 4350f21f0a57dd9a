// Says what a manager still holds of its tasks, given --expose-gc.
import {
  type AddTaskOptions,
  type ExecuteFunction,
  type ExecuteTask,
  type Task,
  TaskManager,
} from "@goasync/core";
import { setImmediate } from "node:timers";

const held: { what: string; ref: WeakRef<object> }[] = [];

function watch(what: string, value: object): void {
  held.push({ what, ref: new WeakRef(value) });
}

function watchedTask(
  what: string,
  execute: ExecuteFunction,
): Task & ExecuteTask {
  const task: Task & ExecuteTask = {
    execute(context) {
      watch(`the context of ${what}`, context);
      watch(`the signal of ${what}`, context.signal);
      return execute(context);
    },
  };
  watch(what, task);
  return task;
}

async function print(when: string): Promise<void> {
  // A WeakRef keeps its value until the turn in which it was made is over.
  await new Promise<void>((resolve) => setImmediate(resolve));
  (globalThis as unknown as { gc: () => void }).gc();
  const left = held.filter(({ ref }) => ref.deref()).map(({ what }) => what);
  console.log(`${when}: ${left.join(", ") || "nothing"}`);
}

/** Adds a task, and lets go of its handle, which is its context. */
function addTask(
  manager: TaskManager,
  name: string,
  execute: ExecuteFunction,
  options?: AddTaskOptions,
): void {
  manager.addTask(name, watchedTask(name, execute), options);
}

/** The same for an execute task. */
function addExecuteTask(name: string, execute: ExecuteFunction): void {
  manager.addExecuteTask(name, watchedTask(name, execute), { type: "error" });
}

const { signal } = new AbortController();
const manager = new TaskManager();
const run = manager.run({ signal });
await Promise.resolve();
addExecuteTask("queued", () => {});
await print("after a queued execute task ended");
addExecuteTask("added", () => {});
await print("after an added execute task ended");
addExecuteTask("waits", ({ done }) => done);
await print("while one waits");
await manager.stop();
await run;
await print("when the run is over");
console.log(manager.state, signal.aborted);

const failed = new TaskManager();
addTask(failed, "fails", () => Promise.reject("broken"));
console.log((await failed.runSettled()).length);
await print("when a task failed");
console.log(failed.state);

const idle = new TaskManager();
addTask(idle, "idle", () => {});
await idle.stop();
await print("when an idle manager was stopped");
console.log(idle.state);

const stopped = new TaskManager();
addTask(stopped, "stops all", () => void stopped.stop());
await stopped.run();
await print("when a task has stopped its manager");
console.log(stopped.state);

const grouped = new TaskManager();
addTask(grouped, "ends the group", () => {}, { type: "stop-group" });
await grouped.run();
await print("when the stop-group has ended");
console.log(grouped.state);
