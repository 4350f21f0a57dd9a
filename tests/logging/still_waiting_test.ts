import { TaskManager } from "@goasync/core";
import { logTo, type LogToOptions } from "@goasync/core/logging";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeClock } from "../helpers/fake_clock.ts";
import { FakeLogger } from "../helpers/fake_logger.ts";
import { pass } from "../helpers/pass.ts";
import { stuck } from "../helpers/stuck.ts";
import { started } from "../helpers/timeouts.ts";

function stillWaiting({ lines }: FakeLogger): string[] {
  return lines.filter((line) => line.includes("still"));
}

describe("logTo(), who is still waited for", () => {
  it("is said every 2 s of a stop, in each of its states", async () => {
    using time = new FakeClock();
    const logger = new FakeLogger();
    const manager = new TaskManager({
      drainTimeout: 5_000,
      stopTimeout: 4_000,
      cleanupTimeout: 3_000,
    });
    logTo(manager, logger);
    manager.addTask("consumer", { drain: stuck, cleanup: stuck });
    const { errors } = await started(manager, time);
    await pass(time, 10_000);
    assertEquals(stillWaiting(logger), []);
    manager.stop();
    for (let second = 0; second < 13; second++) await pass(time, 1_000);
    await errors;
    await pass(time, 10_000);
    assertEquals(stillWaiting(logger), [
      "warn consumer still drains after 2 s, 3 s left of its drainTimeout",
      "warn consumer still drains after 4 s, 1 s left of its drainTimeout",
      "warn consumer still drains after 6 s, 3 s left of its stopTimeout",
      "warn consumer still drains after 8 s, 1 s left of its stopTimeout",
      "warn consumer still cleans up after 1 s, 2 s left of its cleanupTimeout",
    ]);
    assertEquals(logger.dataOf("after 2 s, 3 s"), {
      event: "still-waiting",
      count: 1,
      waiting: [{
        path: ["consumer"],
        stage: "drain",
        ms: 2_000,
        limit: { name: "drainTimeout", ms: 5_000, left: 3_000 },
        note: null,
      }],
    });
  });

  it("names three, and counts the others", async () => {
    using time = new FakeClock();
    const logger = new FakeLogger();
    const manager = new TaskManager({ shutdownTimeout: 4_000 });
    logTo(manager, logger);
    for (const name of ["a", "b", "c", "d", "e"]) {
      manager.addExecuteTask(name, stuck);
    }
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 2_000);
    await pass(time, 2_000);
    await errors;
    const still = "still executes after 2 s, 2 s left of the shutdownTimeout";
    assertEquals(stillWaiting(logger), [
      `warn a ${still}; b ${still}; c ${still}; 2 more`,
    ]);
  });

  it("is said in the units of a person", async () => {
    using time = new FakeClock();
    const logger = new FakeLogger();
    const manager = new TaskManager();
    const texts: string[] = [];
    logTo(manager, logger, { progress: 400 });
    const { errors } = await started(manager, time);
    let goOn = () => {};
    manager.addExecuteTask(
      "it",
      () => new Promise<void>((resolve) => goOn = resolve),
    );
    manager.stop();
    for (const ms of [400, 119_000, 1_000, 7_079_600]) {
      await pass(time, ms);
      texts.push(stillWaiting(logger).at(-1)!.replace("warn it still ", ""));
    }
    goOn();
    await errors;
    assertEquals(texts, [
      "executes after 400 ms",
      "executes after 119 s",
      "executes after 2 min",
      "executes after 2 h",
    ]);
  });

  it("is not said where nobody is, as in a manager within that is held", async () => {
    using time = new FakeClock();
    const logger = new FakeLogger();
    const inner = new TaskManager();
    inner.addExecuteTask("it", ({ done }) => done);
    logTo(inner, logger);
    const manager = new TaskManager({ drainTimeout: 3_000 });
    manager.addExecuteTask("inner", inner);
    manager.addTask("slow", { drain: ({ done }) => done });
    const { errors } = await started(manager, time);
    manager.stop();
    assertEquals(inner.state, "draining");
    await pass(time, 2_000);
    await pass(time, 1_000);
    await errors;
    assertEquals(stillWaiting(logger), []);
  });

  it("is said of a stop that had begun before", async () => {
    using time = new FakeClock();
    const logger = new FakeLogger();
    const manager = new TaskManager({ stopTimeout: 3_000 });
    manager.addExecuteTask("it", stuck);
    const { errors } = await started(manager, time);
    manager.stop();
    logTo(manager, logger);
    await pass(time, 2_000);
    assertEquals(stillWaiting(logger), [
      "warn it still executes after 2 s, 1 s left of its stopTimeout",
    ]);
    await pass(time, 1_000);
    await errors;
    assertEquals(logger.lines.at(-1), "warn finished with 1 failure");
  });

  it("is not said when the logger itself has ended it", async () => {
    using time = new FakeClock();
    const logger = new FakeLogger();
    const manager = new TaskManager({ stopTimeout: 3_000 });
    const info = (text: unknown) => {
      if (String(text).startsWith("told to stop")) unsubscribe();
    };
    const unsubscribe = logTo(manager, Object.assign(logger, { info }));
    manager.addExecuteTask("it", stuck);
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 2_000);
    await pass(time, 1_000);
    await errors;
    await pass(time, 9_000);
    assertEquals(stillWaiting(logger), []);
  });

  for (
    const [what, options, end] of [
      ["when that is not wanted", { progress: false }, false],
      ["when it was ended", {}, true],
      [
        "before a time that no timer can wait for",
        { progress: 2 ** 40 },
        false,
      ],
    ] as [string, LogToOptions, boolean][]
  ) {
    it(`is not said ${what}`, async () => {
      using time = new FakeClock();
      const logger = new FakeLogger();
      const manager = new TaskManager({ stopTimeout: 9_000 });
      const unsubscribe = logTo(manager, logger, options);
      manager.addExecuteTask("it", stuck);
      const { errors } = await started(manager, time);
      manager.stop();
      const { length } = logger.lines;
      if (end) unsubscribe();
      await pass(time, 8_000);
      assertEquals(logger.lines.length, length);
      await pass(time, 1_000);
      await errors;
      assertEquals(logger.lines.length > length, !end);
    });
  }
});
