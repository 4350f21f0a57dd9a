/** A span, as OTLP has it in JSON. */
export interface SentSpan {
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly SentAttribute[];
  readonly events: readonly {
    readonly name: string;
    readonly attributes: readonly SentAttribute[];
  }[];
  readonly status: { readonly code?: number };
}

interface SentAttribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

/** A metric, as OTLP has it in JSON. */
export interface SentMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: {
    readonly dataPoints: readonly { asInt?: string; asDouble?: number }[];
  };
  readonly histogram?: {
    readonly dataPoints: readonly { readonly count: string | number }[];
  };
}

/** Takes traces and metrics over OTLP, as JSON, on this machine. */
export class Collector implements AsyncDisposable {
  readonly spans: SentSpan[] = [];
  readonly metrics: SentMetric[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => this.#take(request),
    );
  }

  /** Where it listens. */
  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #take(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const text = await request.text();
    const sent = pathname.startsWith("/v1/") ? JSON.parse(text) : {};
    for (const { scopeSpans } of sent.resourceSpans ?? []) {
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
    for (const { scopeMetrics } of sent.resourceMetrics ?? []) {
      for (const { metrics } of scopeMetrics) this.metrics.push(...metrics);
    }
    return Response.json({});
  }
}
