import { wrong } from "../arguments.ts";
import type { Stage } from "../states.ts";
import type { ExecuteFunction } from "../task.ts";
import type { TaskContext } from "../task_context.ts";
import { FakeAsyncMethod } from "./fake_async_method.ts";

/** One stage of a fake task: what it was called with, and what it does. */
export type FakeStage = FakeAsyncMethod<
  [context: TaskContext],
  // As `unknown`, but a test may leave a value out where there is none.
  NonNullable<unknown> | null | undefined | void
>;

/** A stage that does what it is given, unless a test says otherwise. */
export function fakeStage(
  stage: Stage,
  stub: ExecuteFunction,
  write: (entry: string) => void,
): FakeStage {
  return new FakeAsyncMethod(
    stub,
    (event, [{ name }]) => write(`${name} ${stage} ${event}`),
  );
}

/** Calls a stage, unless it is not given what a manager gives it. */
export function enter(
  fake: FakeStage,
  stage: Stage,
  context: TaskContext,
): unknown {
  if (typeof context?.with === "function") return fake.invoke(context);
  const action = `${stage} a fake task`;
  throw wrong(action, "'context' must be a TaskContext", context);
}
