/** What a span, or what happens in it, is described by. */
export type Attributes = Record<string, string | number | boolean>;

/** A span, as `@opentelemetry/api` has it. */
export interface Span {
  /** Describes it. */
  setAttribute(key: string, value: string | number | boolean): unknown;
  /** Something has happened in it. */
  addEvent(name: string, attributes?: Attributes): unknown;
  /** Something was thrown in it. */
  recordException(exception: Error | string): void;
  /** Says whether it went well: 2 is an error. */
  setStatus(status: { code: number; message?: string }): unknown;
  /** It is over. */
  end(): void;
}

/** A context, as `@opentelemetry/api` has it: what is active, the span above all. */
export interface TraceContext {
  /** Reads a value. */
  getValue(key: symbol): unknown;
  /** The same context with another value. */
  setValue(key: symbol, value: unknown): TraceContext;
  /** The same context without a value. */
  deleteValue(key: symbol): TraceContext;
}

/** How a span is begun. */
export interface SpanOptions {
  /** What describes it. */
  attributes?: Attributes;
}

/** A tracer, as `trace.getTracer` of `@opentelemetry/api` returns it. */
export interface Tracer {
  /** Begins a span. */
  startSpan(name: string, options?: SpanOptions): Span;
  /** Begins a span, and calls back while it is active. */
  startActiveSpan<Result>(
    name: string,
    options: SpanOptions,
    context: TraceContext,
    callback: (span: Span) => Result,
  ): Result;
}

/** How an instrument is described. */
export interface InstrumentOptions {
  /** What it measures. */
  description?: string;
  /** What it counts, or measures in. */
  unit?: string;
  /** Where the buckets of a histogram end. */
  advice?: { explicitBucketBoundaries?: number[] };
}

/** A counter, as `@opentelemetry/api` has it. */
export interface Counter {
  /** Adds to what it has counted. */
  add(value: number, attributes?: Attributes): void;
}

/** A histogram, as `@opentelemetry/api` has it. */
export interface Histogram {
  /** Adds a value. */
  record(value: number, attributes?: Attributes): void;
}

/** A meter, as `metrics.getMeter` of `@opentelemetry/api` returns it. */
export interface Meter {
  /** Makes a counter of what only grows. */
  createCounter(name: string, options?: InstrumentOptions): Counter;
  /** Makes a counter of what grows and shrinks. */
  createUpDownCounter(name: string, options?: InstrumentOptions): Counter;
  /** Makes a histogram. */
  createHistogram(name: string, options?: InstrumentOptions): Histogram;
}
