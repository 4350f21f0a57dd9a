import { TaskManager } from "@goasync/core";
import {
  type Attributes,
  type Counter,
  type Histogram,
  type InstrumentOptions,
  measureWith,
  type Meter,
  type Span,
  type SpanOptions,
  type TraceContext,
  type Tracer,
  traceWith,
  type TraceWithOptions,
} from "@goasync/core/otel";
import { deepEqual } from "node:assert/strict";

/** A tracer and a meter, made by hand. */
export async function useOtel(): Promise<void> {
  const log: string[] = [];
  const spanOf = (name: string): Span => ({
    setAttribute() {},
    addEvent: (event: string, _attributes?: Attributes) =>
      log.push(`${name}: ${event}`),
    recordException() {},
    setStatus() {},
    end: () => log.push(`${name} ends`),
  });
  const tracer: Tracer = {
    startSpan: spanOf,
    startActiveSpan: (
      name: string,
      _options: SpanOptions,
      _context: TraceContext,
      callback,
    ) => callback(spanOf(name)),
  };
  const counter: Counter = { add: (value) => log.push(`counts ${value}`) };
  const histogram: Histogram = { record() {} };
  const meter: Meter = {
    createCounter: (_name: string, _options?: InstrumentOptions) => counter,
    createUpDownCounter: () => counter,
    createHistogram: () => histogram,
  };
  const options: TraceWithOptions = { name: "shop" };
  const manager = new TaskManager({ around: traceWith(tracer, options) });
  const unsubscribe: () => void = measureWith(manager, meter);
  manager.addTask("it", { execute: () => void manager.stop() });
  await manager.run();
  unsubscribe();
  deepEqual(log, [
    "initialize it ends",
    "counts 1",
    "shop: told to stop",
    "counts -1",
    "execute it ends",
    "cleanup it ends",
    "shop ends",
  ]);
}
