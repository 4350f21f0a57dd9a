import type {
  IdGenerator,
  ReadableSpan,
} from "npm:@opentelemetry/sdk-trace-node@2.12.1";

/** Lets everything go on that waits for nothing else. */
export function pass(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Spans as lines, each indented below its parent, with what happened in them. */
export function spanTree(spans: readonly ReadableSpan[]): string[] {
  const childrenOf = (id: string | undefined): string[] =>
    spans
      .filter(({ parentSpanContext }) => parentSpanContext?.spanId === id)
      .sort((a, b) => idOf(a) - idOf(b))
      .flatMap((span) => [
        textOf(span),
        ...span.events.map((event) => `  . ${eventText(event)}`),
        ...childrenOf(span.spanContext().spanId).map((line) => `  ${line}`),
      ]);
  return childrenOf(undefined);
}

/** Gives ids in the order in which spans begin. */
export function idsInOrder(): IdGenerator {
  let last = 0;
  const next = (length: number) => (++last).toString(16).padStart(length, "0");
  return {
    generateTraceId: () => next(32),
    generateSpanId: () => next(16),
  };
}

function idOf(span: ReadableSpan): number {
  return parseInt(span.spanContext().spanId, 16);
}

function textOf({ name, attributes, status }: ReadableSpan): string {
  const outcome = attributes["goasync.outcome"];
  const text = outcome ? `${name}: ${outcome}` : name;
  if (status.code !== 2) return text;
  return `${text} ✘ ${attributes["error.type"] ?? status.message}`;
}

function eventText(
  { name, attributes = {} }: ReadableSpan["events"][number],
): string {
  if (name === "exception") {
    return `exception ${attributes["exception.type"]}: ${
      attributes["exception.message"]
    }`;
  }
  const told = Object.entries(attributes)
    .filter(([key]) => !key.startsWith("goasync.task"))
    .map(([key, value]) => `${key.replace("goasync.stop.", "")}=${value}`);
  return [name, ...told].join(" ");
}
