import { TaskManager } from "@goasync/core";
import { traceWith } from "@goasync/core/otel";
import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import {
  context,
  propagation,
  trace,
  type Tracer,
} from "npm:@opentelemetry/api@1.9.1";
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
} from "npm:@opentelemetry/sdk-trace-node@2.12.1";
import { idsInOrder, pass, spanTree } from "./otel/span_tree.ts";

const exporter = new InMemorySpanExporter();
const tree = () => spanTree(exporter.getFinishedSpans());

describe("traceWith(), @opentelemetry/sdk-trace-node", () => {
  let tracer: Tracer;
  beforeEach(() => {
    new NodeTracerProvider({
      idGenerator: idsInOrder(),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
    }).register();
    tracer = trace.getTracer("shop");
  });
  afterEach(() => {
    exporter.reset();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it("makes a span a stage under one of the run, with all that happened", async () => {
    const manager = new TaskManager({
      around: traceWith(tracer, { name: "shop" }),
    });
    manager.addTask("database", {
      initialize: ({ note }) => note("connected", { attempt: 3 }),
      drain: pass,
      cleanup: () => Promise.reject(new RangeError("Not open")),
    });
    manager.addExecuteTask("job", async () => {
      await pass();
      throw Object.assign(new Error("No luck"), { code: "ECONNREFUSED" });
    });
    await manager.runSettled();
    assertEquals(tree(), [
      "shop ✘ 2 failed",
      '  . told to stop by=task reason=Task "job" failed in execute: No luck',
      "  initialize database: clean",
      "    . connected attempt=3",
      "  execute database: clean",
      "  execute job: failed ✘ ECONNREFUSED",
      "    . exception ECONNREFUSED: No luck",
      "  drain database: clean",
      "  cleanup database: failed ✘ RangeError",
      "    . exception RangeError: Not open",
    ]);
  });

  it("is active inside the stage, and nowhere else", async () => {
    const active: string[] = [];
    const look = (where: string) => {
      const span = trace.getActiveSpan() as { name?: string } | undefined;
      active.push(`${where}: ${span?.name}`);
    };
    const manager = new TaskManager({ around: traceWith(tracer) });
    const query = async (name: string) => {
      await pass();
      tracer.startSpan(`query ${name}`).end();
    };
    manager.addTask("a", {
      initialize: () => query("1"),
      cleanup: () => look("cleanup"),
    });
    manager.addTask("b", {
      initialize: () => look("initialize"),
      async execute() {
        await query("2");
        manager.addExecuteTask("c", () => query("3"), { type: "error" });
        await pass();
        void manager.stop();
        await query("4");
      },
      drain: () => look("drain"),
    });
    look("before");
    const run = manager.run();
    look("meanwhile");
    await run;
    look("after");
    assertEquals(active, [
      "before: undefined",
      "meanwhile: undefined",
      "initialize: initialize b",
      "drain: drain b",
      "cleanup: cleanup a",
      "after: undefined",
    ]);
    assertEquals(tree(), [
      "run",
      "  . told to stop by=stop reason=The manager was stopped",
      "  initialize a: clean",
      "    query 1",
      "  initialize b: clean",
      "  execute a: clean",
      "  execute b: clean",
      "    query 2",
      "    query 4",
      "  execute c: clean",
      "    query 3",
      "  drain b: clean",
      "  cleanup b: clean",
      "  cleanup a: clean",
    ]);
  });

  it("hangs under what is active where the manager is run, as those within do", async () => {
    const around = traceWith(tracer);
    const payments = new TaskManager({ around });
    payments.addTask("consumer", { cleanup() {} });
    const manager = new TaskManager({ around });
    manager.addTask("payments", payments.asTask());
    manager.addExecuteTask("enough", async () => {
      await pass();
      void manager.stop();
    }, { type: "error" });
    await tracer.startActiveSpan("service", async (span) => {
      await manager.run();
      span.end();
    });
    assertEquals(tree().filter((line) => !line.includes(". told")), [
      "service",
      "  run",
      "    initialize payments: clean",
      "      run payments",
      "        initialize consumer: clean",
      "        execute consumer: clean",
      "        cleanup consumer: clean",
      "    execute payments: clean",
      "    execute enough: clean",
      "    cleanup payments: clean",
    ]);
  });

  it("has the name of a DOMException for its type, and not its number", async () => {
    const manager = new TaskManager({ around: traceWith(tracer) });
    manager.addExecuteTask("slow", () => {
      throw new DOMException("Too late", "TimeoutError");
    });
    await manager.runSettled();
    assertEquals(tree().slice(2), [
      "  execute slow: failed ✘ TimeoutError",
      "    . exception TimeoutError: Too late",
    ]);
  });

  it("does not hang under who adds the first task to a manager that runs", async () => {
    const manager = new TaskManager({ around: traceWith(tracer) });
    const run = manager.run();
    await pass();
    for (const name of ["first", "second"]) {
      await tracer.startActiveSpan(`request ${name}`, async (span) => {
        manager.addExecuteTask(name, async () => {
          await pass();
          tracer.startSpan(`query ${name}`).end();
        }, { type: "error" });
        await pass();
        span.end();
      });
    }
    await manager.stop();
    await run;
    assertEquals(tree().filter((line) => !line.includes(". told")), [
      "run",
      "  execute first: clean",
      "    query first",
      "  execute second: clean",
      "    query second",
      "request first",
      "request second",
    ]);
  });

  it("hands on what else is active, if it is told how", async () => {
    const baggage = propagation.createBaggage({ user: { value: "me" } });
    const seen: unknown[] = [];
    const around = traceWith(tracer, { active: () => context.active() });
    const manager = new TaskManager({ around });
    manager.addExecuteTask("it", async () => {
      await pass();
      seen.push(propagation.getActiveBaggage()?.getEntry("user")?.value);
      void manager.stop();
    }, { type: "error" });
    await context.with(
      propagation.setBaggage(context.active(), baggage),
      () => manager.run(),
    );
    assertEquals(seen, ["me"]);
    assertEquals(tree().at(-1), "  execute it: clean");
  });
});
