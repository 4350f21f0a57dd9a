import type { ManagerEvent, StageEndEvent } from "../events.ts";
import type { AroundStage, ObservedManager } from "../manager_types.ts";
import { messageOf } from "../messages.ts";
import { isThenable, whenSettled } from "../promises.ts";
import type { Stage } from "../states.ts";
import type { TaskError } from "../task_error.ts";
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
import { type OpenStage, OpenStages } from "./open_stages.ts";
import { contextOf } from "./parent_context.ts";

/** `SpanStatusCode.ERROR` of `@opentelemetry/api`. */
const ERROR = 2;

/** From the last that can begin to the first: where several spans are open. */
const STAGES: readonly Stage[] = ["cleanup", "drain", "execute", "initialize"];

/** The spans of one run of one manager. */
export class RunTrace {
  readonly #tracer: Tracer;
  readonly #active: (() => TraceContext) | undefined;
  /** The span of the whole run. */
  readonly #span: Span;
  /** The names that lead to the manager. */
  readonly #path: readonly string[];
  readonly #open = new Map<string, OpenStages>();
  readonly #unsubscribe: () => void;
  readonly #errors = new Set<TaskError>();

  constructor(
    tracer: Tracer,
    name: string,
    active: (() => TraceContext) | undefined,
    manager: ObservedManager,
    path: readonly string[],
  ) {
    this.#tracer = tracer;
    this.#active = active;
    this.#path = path;
    this.#span = tracer.startSpan([name, ...path].join(" "));
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
        const open: OpenStage = { span, context, isOver: false };
        const stages = this.#openOf(keyOf(stage, path));
        stages.add(open);
        return settling(call, () => stages.settled(open));
      },
    );
  }

  #openOf(key: string): OpenStages {
    const open = this.#open.get(key) ?? new OpenStages();
    this.#open.set(key, open);
    return open;
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
    if (this.#errors.size > 0) {
      const message = `${this.#errors.size} failed`;
      this.#span.setStatus({ code: ERROR, message });
    }
    this.#span.end();
  }

  #hearOfTask(event: ManagerEvent): void {
    if ("error" in event && event.error) this.#errors.add(event.error);
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
      const open = this.#open.get(keyOf(stage, path))?.last;
      if (open) return open.span;
    }
    return this.#span;
  }

  #end({ path, stage, outcome, error }: StageEndEvent): void {
    if (outcome === "never-started") return; // It was never called.
    const span = this.#take(keyOf(stage, path));
    if (!span) return; // Another around has called it.
    span.setAttribute(OUTCOME, outcome);
    if (error) {
      const { cause = error, message } = error;
      recordException(span, cause);
      span.setAttribute(ERROR_TYPE, errorTypeOf(cause));
      span.setStatus({ code: ERROR, message });
    }
    span.end();
  }

  #take(key: string): Span | undefined {
    const open = this.#open.get(key);
    const taken = open?.take();
    if (open?.isEmpty) this.#open.delete(key);
    return taken?.span;
  }
}

function recordException(span: Span, thrown: unknown): void {
  try {
    const isError = thrown instanceof Error;
    span.recordException(isError ? withoutNumber(thrown) : messageOf(thrown));
  } catch {
    span.recordException(messageOf(thrown)); // Getters and proxies may throw.
  }
}

/** An SDK takes the code of an error for its type: that of a DOMException is 23. */
function withoutNumber(error: Error): Error {
  if (typeof Object(error).code !== "number") return error;
  const { name, message, stack } = error;
  return { name, message, ...stack !== undefined && { stack } };
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
