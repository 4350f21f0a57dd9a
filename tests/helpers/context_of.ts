import { TaskContext } from "@goasync/core";

/** A context that nobody aborts. */
export function contextOf(name: string): TaskContext {
  return new TaskContext({ name });
}
