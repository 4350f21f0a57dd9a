import type { ManagerEvent, StageEndEvent } from "../events.ts";
import type { AroundStage } from "../manager_types.ts";
import { messageOf } from "../messages.ts";
import { isThenable, whenSettled } from "../promises.ts";
import type { Stage } from "../states.ts";
import type { TaskContext } from "../task_context.ts";
import type { Span, TraceContext, Tracer } from "./api.ts";
import {
  attributesOf,
  ERROR_TYPE,
  errorTypeOf,
  NAME,
  OUTCOME,
  PATH,
  STAGE,
} from "./attributes.ts";
import { contextOf } from "./parent_context.ts";

/** `SpanStatusCode.ERROR` of `@opentelemetry/api`. */
const ERROR = 2;

/** From the last that can begin to the first: where several spans are open. */
const STAGES: readonly Stage[] = ["cleanup", "drain", "execute", "initialize"];

/** A stage that is not over, and its span. */
interface Open {
  readonly span: Span;
  readonly context: TaskContext;
  hasSettled: boolean;
}

/** The spans of one run of one manager. */
export class RunTrace {
  readonly #tracer: Tracer;
  readonly #active: (() => TraceContext) | undefined;
  /** The span of the whole run. */
  readonly #span: Span;
  /** The names that lead to the manager. */
  readonly #path: readonly string[];
  readonly #open = new Map<string, Open[]>();
  readonly #unsubscribe: () => void;
  #failures = 0;

  /** Begins with the first stage of a run. */
  constructor(
    tracer: Tracer,
    name: string,
    active: (() => TraceContext) | undefined,
    { path, manager }: AroundStage,
  ) {
    this.#tracer = tracer;
    this.#active = active;
    this.#path = path.slice(0, -1);
    this.#span = tracer.startSpan([name, ...this.#path].join(" "));
    this.#unsubscribe = manager.subscribe((event) => this.#hear(event));
  }

  /** Calls a stage while a span of its own is active. */
  call(call: () => unknown, { path, stage, context }: AroundStage): unknown {
    const attributes = {
      [NAME]: context.name,
      [PATH]: path.join("/"),
      [STAGE]: stage,
    };
    return this.#tracer.startActiveSpan(
      `${stage} ${context.name}`,
      { attributes },
      contextOf(this.#span, this.#active?.()),
      (span) => {
        const open: Open = { span, context, hasSettled: false };
        const key = keyOf(stage, path);
        const others = this.#open.get(key);
        if (others) others.push(open);
        else this.#open.set(key, [open]);
        return settling(call, () => open.hasSettled = true);
      },
    );
  }

  #hear(event: ManagerEvent): void {
    const names = event.path.slice(this.#path.length);
    if (names.length === 0) this.#hearOfItself(event);
    else if (names.length === 1) this.#hearOfTask(event);
  }

  #hearOfItself(event: ManagerEvent): void {
    if (event.type === "told") {
      const { by, taskName, reason } = event;
      this.#span.addEvent("told to stop", {
        "goasync.stop.by": by,
        "goasync.stop.reason": messageOf(reason),
        ...taskName !== null && { [NAME]: taskName },
      });
    }
    if (event.type !== "state" || event.state !== "finished") return;
    this.#unsubscribe();
    if (this.#failures > 0) {
      const message = `${this.#failures} failed`;
      this.#span.setStatus({ code: ERROR, message });
    }
    this.#span.end();
  }

  #hearOfTask(event: ManagerEvent): void {
    const span = this.#spanOf(event.path);
    switch (event.type) {
      case "stage-end":
        return this.#end(event);
      case "told":
        return void span.addEvent("told to stop", {
          "goasync.stop.by": event.by,
          "goasync.stop.reason": messageOf(event.reason),
        });
      case "note":
        return void span.addEvent(event.message, {
          ...attributesOf(event.details),
          [PATH]: event.path.join("/"),
        });
      case "drain-cut-short":
        return void span.addEvent("drain cut short");
      case "left-behind":
        return void span.addEvent("left behind", {
          [STAGE]: event.stage,
          [PATH]: event.path.join("/"),
        });
    }
  }

  /** The span of the stage of a task that began last; else that of the run. */
  #spanOf(path: readonly string[]): Span {
    for (const stage of STAGES) {
      const open = this.#open.get(keyOf(stage, path))?.at(-1);
      if (open) return open.span;
    }
    return this.#span;
  }

  #end({ path, stage, outcome, error }: StageEndEvent): void {
    const span = this.#take(keyOf(stage, path));
    if (!span) return; // It was never called.
    span.setAttribute(OUTCOME, outcome);
    if (error) {
      this.#failures++;
      const { cause = error, message } = error;
      span.recordException(cause instanceof Error ? cause : messageOf(cause));
      span.setAttribute(ERROR_TYPE, errorTypeOf(cause));
      span.setStatus({ code: ERROR, message });
    }
    span.end();
  }

  /** Of several with one name, the one that has settled, or was left behind. */
  #take(key: string): Span | undefined {
    const open = this.#open.get(key) ?? [];
    const index = Math.max(
      0,
      open.findIndex(({ hasSettled, context }) =>
        hasSettled || context.abandoned.aborted
      ),
    );
    const [taken] = open.splice(index, 1);
    if (open.length === 0) this.#open.delete(key);
    return taken?.span;
  }
}

/** Calls a stage, and back as soon as it has settled. */
function settling(call: () => unknown, onSettled: () => void): unknown {
  try {
    const returned = call();
    if (!isThenable(returned)) {
      onSettled();
      return returned;
    }
    // Whose `then` may be called but once.
    const promise = Promise.resolve(returned);
    whenSettled(promise, onSettled, onSettled);
    return promise;
  } catch (thrown) {
    onSettled();
    throw thrown;
  }
}

function keyOf(stage: Stage, path: readonly string[]): string {
  return JSON.stringify([stage, ...path]);
}
