import {
  checkFunction,
  checkOptions,
  isFunction,
  wrong,
} from "../arguments.ts";
import type { Around, ObservedManager } from "../manager_types.ts";
import type { TraceContext, Tracer } from "./api.ts";
import { RunTrace } from "./run_trace.ts";

/** How {@linkcode traceWith} makes spans. */
export interface TraceWithOptions {
  /**
   * The name of the span of a run.
   *
   * @default {"run"}
   */
  name?: string | undefined;
  /**
   * Says what is active when a stage is called: `() => context.active()` of
   * `@opentelemetry/api`, so that not only the span but baggage, too, goes on
   * into the stages.
   *
   * @default {nothing but the span}
   */
  active?: (() => TraceContext) | undefined;
}

const ACTION = "trace a TaskManager";

/**
 * Makes spans of what a manager does: one of the run, from its beginning to its
 * end, and under it one of each stage, which is active while that is called, so
 * that the spans of a user, and of `fetch`, hang under it.
 *
 * The span of a stage has its outcome, and what was thrown as an exception; the
 * notes of a task, a drain that is cut short, and being left behind are its
 * events. Being told to stop is an event of the run with its cause, or, of a task
 * that is cancelled, one of its stage. A run is an error if a task failed. It is
 * a child of what is active where the manager is run.
 *
 * The tracer is that of `@opentelemetry/api` 1, from an SDK or built into Deno.
 * One function can be the `around` of several managers; a manager within has to
 * be given one, too, for spans of its stages.
 *
 * @example With a tracer
 * ```ts ignore
 * import { trace } from "@opentelemetry/api";
 * import { TaskManager } from "@goasync/core";
 * import { traceWith } from "@goasync/core/otel";
 *
 * const around = traceWith(trace.getTracer("shop"));
 * const manager = new TaskManager({ around });
 * ```
 *
 * @example The spans
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { type Span, traceWith } from "@goasync/core/otel";
 * import { assertEquals } from "@std/assert";
 *
 * const log: string[] = [];
 * const startSpan = (name: string): Span => ({
 *   setAttribute() {},
 *   setStatus() {},
 *   recordException() {},
 *   addEvent: (event) => log.push(`${name}: ${event}`),
 *   end: () => log.push(`${name} ends`),
 * });
 * const around = traceWith({
 *   startSpan,
 *   startActiveSpan: (name, _options, _context, callback) =>
 *     callback(startSpan(name)),
 * });
 *
 * const manager = new TaskManager({ around });
 * manager.addTask("database", {
 *   initialize: ({ note }) => note("connected"),
 *   execute: () => void manager.stop(),
 * });
 * await manager.run();
 * assertEquals(log, [
 *   "initialize database: connected",
 *   "initialize database ends",
 *   "run: told to stop",
 *   "execute database ends",
 *   "cleanup database ends",
 *   "run ends",
 * ]);
 * ```
 *
 * @param tracer The tracer.
 * @param options How spans are made.
 * @returns The `around` of a manager's options.
 * @throws {TypeError} If the tracer lacks a method, the options are no object,
 * `name` is no string, or `active` no function.
 */
export function traceWith(
  tracer: Tracer,
  options: TraceWithOptions = {},
): Around {
  check(tracer, options);
  const { name = "run", active } = options;
  const runs = new WeakMap<ObservedManager, RunTrace>();
  const begin = (manager: ObservedManager, path: readonly string[]) => {
    const run = runs.get(manager) ??
      new RunTrace(tracer, name, active, manager, path);
    runs.set(manager, run);
    return run;
  };
  const around: Around = (call, stage) =>
    begin(stage.manager, stage.path.slice(0, -1)).call(call, stage);
  // Where it is run, and not where its first stage is: that may be the execute
  // of a task that is added later, in the span of somebody else.
  around.watch = (manager) => {
    const unsubscribe = manager.subscribe((event) => {
      if (event.type !== "state") return;
      unsubscribe();
      if (event.state === "initializing") begin(manager, event.path);
    });
  };
  return around;
}

function check(tracer: Tracer, options: TraceWithOptions): void {
  const { startSpan, startActiveSpan } = Object(tracer);
  if (!isFunction(startSpan) || !isFunction(startActiveSpan)) {
    const expected =
      "the tracer must have the methods startSpan and startActiveSpan";
    throw wrong(ACTION, expected, tracer);
  }
  checkOptions(ACTION, options);
  const { name, active } = options;
  if (name !== undefined && typeof name !== "string") {
    throw wrong(ACTION, "'name' must be a string", name);
  }
  if (active !== undefined) checkFunction(ACTION, active, "active");
}
