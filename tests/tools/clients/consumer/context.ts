import {
  type ForkedContext,
  TaskContext,
  type TaskContextOptions,
} from "@goasync/core";
import { equal, notEqual } from "node:assert/strict";

/** A context of one's own, and what a wrapper makes of it. */
export async function useContext(): Promise<void> {
  const stop = new AbortController();
  const options: TaskContextOptions = { name: "it", signal: stop.signal };
  const context: TaskContext = new TaskContext(options);
  const own = new AbortController();
  const wrapped: TaskContext = context.with({ signal: own.signal });
  using fork: ForkedContext = context.fork();
  fork.drain("reload");
  equal(fork.draining.reason, "reload");
  equal(context.draining.aborted, false);

  stop.abort();
  await context.done;
  equal(context.draining.aborted, true);
  equal(wrapped.signal.aborted, false);
  own.abort();
  await wrapped.done;
  equal(wrapped.name, "it");

  // @ts-expect-error: a context cannot be spread, as it has getters.
  const spread: TaskContext = { ...context };
  notEqual(spread.signal, context.signal);
}
