import type { Task } from "./task.ts";

/** A manager as a task of another. */
export class ManagerTask implements Required<Task> {
  initialize: Required<Task>["initialize"];
  execute: Required<Task>["execute"];
  drain: Required<Task>["drain"];
  cleanup: Required<Task>["cleanup"];

  constructor({ initialize, execute, drain, cleanup }: Required<Task>) {
    this.initialize = initialize;
    this.execute = execute;
    this.drain = drain;
    this.cleanup = cleanup;
  }
}
