import {
  type Task,
  type TaskContext,
  type TaskHandle,
  TaskManager,
} from "@goasync/core";
import { assertEquals } from "@std/assert";
import { untilStopped } from "./noting_task.ts";
import { running } from "./running.ts";

/** A task with what nobody is to see. */
export class Database implements Task {
  readonly password = "hunter2";
  readonly #executes: Task["execute"];

  constructor(executes: Task["execute"] = untilStopped) {
    this.#executes = executes;
  }

  execute(context: TaskContext): unknown {
    return this.#executes!(context);
  }
}

/** A manager that executes a task, named "db". */
export interface Executing {
  readonly manager: TaskManager;
  readonly handle: TaskHandle;
  readonly context: TaskContext;
  /** Stops the manager, and asserts that nothing went wrong. */
  readonly end: () => Promise<void>;
}

/** Runs a manager that executes a task, named "db". */
export async function executing(): Promise<Executing> {
  const contexts: TaskContext[] = [];
  const manager = new TaskManager({ stopTimeout: 100 });
  const handle = manager.addTask(
    "db",
    new Database((context) => {
      contexts.push(context);
      return context.done;
    }),
  );
  const { errors } = await running(manager);
  const end = async () => {
    await manager.stop();
    assertEquals(await errors, []);
  };
  return { manager, handle, context: contexts[0]!, end };
}
