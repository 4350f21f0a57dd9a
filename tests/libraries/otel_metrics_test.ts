import { TaskManager } from "@goasync/core";
import { measureWith } from "@goasync/core/otel";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "npm:@opentelemetry/sdk-metrics@2.12.1";
import { gate } from "../helpers/gate.ts";
import { stuck } from "../helpers/stuck.ts";

/** A meter, and a function that reads what it has measured so far. */
function memory() {
  const exporter = new InMemoryMetricExporter(
    AggregationTemporality.CUMULATIVE,
  );
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 2 ** 31 - 1,
  });
  const provider = new MeterProvider({ readers: [reader] });
  const read = async () => {
    exporter.reset();
    await provider.forceFlush();
    return exporter.getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap(({ metrics }) => metrics);
  };
  return {
    meter: provider.getMeter("shop"),
    /** The values of the counters, by name and attributes. */
    async counters() {
      const lines: string[] = [];
      for (const { descriptor, dataPoints, dataPointType } of await read()) {
        if (dataPointType !== DataPointType.SUM) continue;
        for (const { attributes, value } of dataPoints) {
          const described = Object.values(attributes).join(" ");
          lines.push(`${descriptor.name} ${described}: ${value}`);
        }
      }
      return lines;
    },
    /** What was measured of each stage, and how often. */
    async durations() {
      const lines: string[] = [];
      for (const { descriptor, dataPoints, dataPointType } of await read()) {
        if (dataPointType !== DataPointType.HISTOGRAM) continue;
        assertEquals(descriptor.unit, "s");
        for (const { attributes, value } of dataPoints) {
          assert(value.sum! < 60, "these are no seconds");
          lines.push(`${Object.values(attributes).join(" ")}: ${value.count}`);
        }
      }
      return lines;
    },
    [Symbol.asyncDispose]: () => provider.shutdown(),
  };
}

describe("measureWith(), @opentelemetry/sdk-metrics", () => {
  it("measures tasks, restarts, durations, and what went wrong", async () => {
    await using metrics = memory();
    const { meter, counters, durations } = metrics;
    const manager = new TaskManager({ drainTimeout: 1, stopTimeout: 1 });
    measureWith(manager, meter);
    manager.addTask("api", {
      initialize: ({ note }) => note("listening"),
      execute: ({ note, done }) => {
        note("restarts in 100 ms");
        note("failed: No luck");
        return done;
      },
    });
    manager.addTask("deaf", { execute: stuck, drain: stuck });
    const job = () => Promise.resolve();
    for (let count = 0; count < 5; count++) {
      manager.addExecuteTask(`job ${count}`, job, { type: "error" });
    }
    const { reached, open } = gate();
    manager.addExecuteTask("look", async () => {
      await reached;
      throw new TypeError("No luck");
    });
    const run = manager.runSettled();
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(await counters(), [
      "goasync.task.active api: 1",
      "goasync.task.active deaf: 1",
      "goasync.task.active : 1",
      "goasync.task.restart api: 2",
    ]);
    open();
    await run;
    assertEquals(await counters(), [
      "goasync.task.active api: 0",
      "goasync.task.active deaf: 0",
      "goasync.task.active : 0",
      "goasync.task.restart api: 2",
      "goasync.drain.cut_short deaf: 1",
      "goasync.task.left_behind deaf execute: 1",
    ]);
    assertEquals(await durations(), [
      "api initialize clean: 1",
      "deaf initialize clean: 1",
      "execute clean: 5",
      "execute failed TypeError: 1",
      "api execute clean: 1",
      "deaf execute timed-out TimeoutError: 1",
      "deaf drain timed-out: 1",
      "deaf cleanup clean: 1",
      "api cleanup clean: 1",
    ]);
  });

  it("counts nobody any more when it is ended", async () => {
    await using metrics = memory();
    const manager = new TaskManager();
    const unsubscribe = measureWith(manager, metrics.meter);
    manager.addTask("api", { execute: ({ done }) => done });
    const run = manager.run();
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(await metrics.counters(), ["goasync.task.active api: 1"]);
    unsubscribe();
    assertEquals(await metrics.counters(), ["goasync.task.active api: 0"]);
    await manager.stop();
    await run;
    assertEquals(await metrics.counters(), ["goasync.task.active api: 0"]);
  });
});
