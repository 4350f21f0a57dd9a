import type {
  Attributes,
  Span,
  SpanOptions,
  TraceContext,
  Tracer,
} from "@goasync/core/otel";

/** A span that keeps in a log what happens to it. */
export class FakeSpan implements Span {
  readonly #log: string[];
  readonly #name: string;

  constructor(log: string[], name: string) {
    this.#log = log;
    this.#name = name;
  }

  setAttribute(key: string, value: string | number | boolean): void {
    this.#log.push(`${this.#name}: ${key}=${value}`);
  }

  addEvent(name: string, attributes: Attributes = {}): void {
    const added = Object.entries(attributes).map((each) =>
      ` ${each.join("=")}`
    );
    this.#log.push(`${this.#name}: ${name}${added.join("")}`);
  }

  recordException(exception: Error | string): void {
    this.#log.push(`${this.#name}: threw ${exception}`);
  }

  setStatus({ code, message }: { code: number; message?: string }): void {
    this.#log.push(`${this.#name}: status ${code} ${message}`);
  }

  end(): void {
    this.#log.push(`${this.#name} ends`);
  }
}

/** A tracer whose spans keep a log, numbered where names repeat. */
export class FakeTracer implements Tracer {
  readonly log: string[] = [];
  readonly contexts: TraceContext[] = [];
  readonly #counts = new Map<string, number>();

  startSpan(name: string): FakeSpan {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return new FakeSpan(this.log, count === 1 ? name : `${name} #${count}`);
  }

  startActiveSpan<Result>(
    name: string,
    _options: SpanOptions,
    context: TraceContext,
    callback: (span: Span) => Result,
  ): Result {
    this.contexts.push(context);
    return callback(this.startSpan(name));
  }
}
