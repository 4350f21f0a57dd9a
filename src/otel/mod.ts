/**
 * What a manager does, as traces and metrics of OpenTelemetry. Nothing is
 * imported: the tracer and the meter are those that a program has.
 *
 * @example Both
 * ```ts ignore
 * import { metrics, trace } from "@opentelemetry/api";
 * import { TaskManager } from "@goasync/core";
 * import { measureWith, traceWith } from "@goasync/core/otel";
 *
 * const around = traceWith(trace.getTracer("shop"));
 * const manager = new TaskManager({ around });
 * measureWith(manager, metrics.getMeter("shop"));
 * ```
 *
 * @module
 */

export { measureWith } from "./measure_with.ts";
export { traceWith, type TraceWithOptions } from "./trace_with.ts";
export type {
  Attributes,
  Counter,
  Histogram,
  InstrumentOptions,
  Meter,
  Span,
  SpanOptions,
  TraceContext,
  Tracer,
} from "./api.ts";
