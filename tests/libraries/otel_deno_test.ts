import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runProgram } from "../helpers/run_program.ts";
import { Collector, type SentSpan } from "./otel/collector.ts";

const root = new URL("../../", import.meta.url);

/** Runs a program with the OpenTelemetry of Deno, which tells a collector. */
async function runTraced({ url }: Collector): Promise<string> {
  const { code, errors } = await runProgram(
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-lock",
        "-A",
        "tests/libraries/programs/traced.ts",
        `${url}/hello`,
      ],
      cwd: root,
      env: {
        NO_COLOR: "1",
        OTEL_DENO: "true",
        OTEL_DENO_CONSOLE: "ignore",
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      },
      stdout: "piped",
      stderr: "piped",
    }),
  );
  assertEquals(code, 0, errors);
  return errors;
}

describe("the OpenTelemetry of Deno", () => {
  it("gets spans and measurements, and hangs fetch under a stage", async () => {
    await using collector = new Collector();
    assertEquals(await runTraced(collector), "");
    assertEquals(treeOf(collector.spans), [
      "shop ✘",
      "  . told to stop by stop",
      "  cleanup client: clean",
      "  cleanup plain: clean",
      "  execute bad: failed ✘",
      "    . exception",
      "  execute client: clean",
      "  execute enough: clean",
      "  execute plain: clean",
      "  initialize client: clean",
      "    . connected",
      "    GET",
      "  initialize plain: clean",
    ]);
    const names = new Set(collector.metrics.map(({ name }) => name));
    assert(names.has("goasync.task.active"), [...names].join());
    assert(names.has("goasync.stage.duration"), [...names].join());
    const duration = collector.metrics.findLast(({ name }) =>
      name === "goasync.stage.duration"
    );
    assertEquals(duration?.unit, "s");
    const counts = duration?.histogram?.dataPoints.map(({ count }) =>
      Number(count)
    );
    assertEquals(counts?.reduce((sum, count) => sum + count), 8);
  });
});

/** Spans as lines, by name, each indented below its parent, with what happened in them. */
function treeOf(spans: readonly SentSpan[], parent = ""): string[] {
  return spans
    .filter(({ parentSpanId = "" }) => parentSpanId === parent)
    .sort((a, b) => a.name < b.name ? -1 : 1)
    .flatMap((span) => [
      textOf(span),
      ...span.events.map((event) => {
        const by = valueOf(event, "goasync.stop.by");
        return `  . ${event.name}${by ? ` by ${by}` : ""}`;
      }),
      ...treeOf(spans, span.spanId).map((line) => `  ${line}`),
    ]);
}

function textOf(span: SentSpan): string {
  const outcome = valueOf(span, "goasync.outcome");
  const text = outcome ? `${span.name}: ${outcome}` : span.name;
  return span.status.code === 2 ? `${text} ✘` : text;
}

function valueOf(
  { attributes }: Pick<SentSpan, "attributes">,
  key: string,
): string | undefined {
  return attributes.find((each) => each.key === key)?.value.stringValue;
}
