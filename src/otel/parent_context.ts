import type { Span, TraceContext } from "./api.ts";

/** Where a context has its span, in every copy of `@opentelemetry/api` 1. */
const SPAN = Symbol.for("OpenTelemetry Context Key SPAN");

/** A context in which a span is the active one. */
export function contextOf(
  span: Span,
  around: TraceContext = new ParentContext(new Map()),
): TraceContext {
  return around.setValue(SPAN, span);
}

/** A context that was not made by `@opentelemetry/api`, which is not needed. */
class ParentContext implements TraceContext {
  readonly #values: ReadonlyMap<symbol, unknown>;

  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values;
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key);
  }

  setValue(key: symbol, value: unknown): TraceContext {
    return new ParentContext(new Map([...this.#values, [key, value]]));
  }

  deleteValue(key: symbol): TraceContext {
    const values = new Map(this.#values);
    values.delete(key);
    return new ParentContext(values);
  }
}
