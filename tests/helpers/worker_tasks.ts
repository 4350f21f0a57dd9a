import {
  type ExecuteFunction,
  type Task,
  type TaskError,
  TaskManager,
  type TaskManagerOptions,
} from "@goasync/core";
import {
  type ExposedSource,
  exposeTask,
  inWorker,
  type InWorkerOptions,
} from "@goasync/core/tasks/worker";
import { FakeThreads } from "./fake_threads.ts";
import { microtasks } from "./microtasks.ts";

export const URL_OF_WORKER = "file:///worker.js";

/** A manager with a task in a worker, which runs. */
export interface InWorker extends Disposable {
  readonly threads: FakeThreads;
  readonly manager: TaskManager;
  readonly errors: Promise<TaskError[]>;
  /** The notes that were heard, with the path of whoever noted them. */
  readonly notes: readonly string[];
}

/** Runs a task that a worker exposes, until all is executed. */
export async function runInWorker(
  task: Task | ExecuteFunction | ExposedSource,
  options?: InWorkerOptions,
  managerOptions?: TaskManagerOptions,
): Promise<InWorker> {
  return await runLoaded(() => exposeTask(task), options, managerOptions);
}

/** The same with a worker that loads something else. */
export async function runLoaded(
  load: () => void,
  options?: InWorkerOptions,
  managerOptions?: TaskManagerOptions,
): Promise<InWorker> {
  const threads = new FakeThreads(load);
  const manager = new TaskManager(managerOptions);
  const notes: string[] = [];
  manager.subscribe((event) => {
    if (event.type !== "note") return;
    const details = event.details ? ` ${JSON.stringify(event.details)}` : "";
    notes.push(`${event.path.join("/")}: ${event.message}${details}`);
  });
  manager.addTask("it", inWorker(URL_OF_WORKER, options));
  const errors = manager.runSettled();
  await microtasks();
  return {
    threads,
    manager,
    errors,
    notes,
    [Symbol.dispose]: () => threads[Symbol.dispose](),
  };
}

/** What a stage of a task in a worker throws, as it arrives in this thread. */
export async function thrownThere(thrown: unknown): Promise<unknown> {
  const task = {
    execute() {
      throw thrown;
    },
  };
  using run = await runInWorker(task);
  const [error] = await run.errors;
  return error?.cause;
}
