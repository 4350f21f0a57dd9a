import type { Task } from "./task.ts";
import type { TaskContext } from "./task_context.ts";

/** A manager as a task of another: what its stages do. */
export class ManagerTask implements Task {
  readonly initialize: (context: TaskContext) => Promise<void>;
  readonly execute: (context: TaskContext) => Promise<void>;
  readonly drain: (context: TaskContext) => Promise<void> | undefined;
  readonly cleanup: (context: TaskContext) => Promise<void>;

  constructor(stages: Required<ManagerTask>) {
    this.initialize = stages.initialize;
    this.execute = stages.execute;
    this.drain = stages.drain;
    this.cleanup = stages.cleanup;
  }
}
