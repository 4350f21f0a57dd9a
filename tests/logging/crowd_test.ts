import { TaskManager } from "@goasync/core";
import { logTo } from "@goasync/core/logging";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { FakeLogger, untimed } from "../helpers/fake_logger.ts";
import { pass } from "../helpers/pass.ts";
import { SetClock } from "../helpers/set_clock.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";
import { started } from "../helpers/timeouts.ts";

const type = "error";

/** Adds execute tasks that return at once. */
function addJobs(manager: TaskManager, count: number): void {
  for (let added = 0; added < count; added++) {
    manager.addExecuteTask("job", async () => {}, { type });
  }
}

describe("logTo(), execute tasks that come by the thousands", () => {
  it("writes at most 100 lines on 100,000", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    addJobs(manager, 100_000);
    manager.addExecuteTask("stop", () => void manager.stop(), { type });
    await manager.run();
    assert(logger.lines.length <= 100, `${logger.lines.length} lines`);
    const jobs = logger.lines.filter((line) => line.includes("job executes"));
    assertEquals(jobs.length, 10);
    const summary = logger.dataOf("more execute tasks");
    assertEquals(summary, {
      event: "execute-tasks",
      started: 99_991,
      ended: 100_001,
      failed: 0,
    });
    assertEquals(logger.lines.at(-1)?.startsWith("info finished"), true);
  });

  it("writes at most 100 lines if all of them fail, and none is forgotten", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    for (let count = 0; count < 1_000; count++) {
      manager.addExecuteTask("job", () => Promise.reject("broken"));
    }
    assertEquals((await manager.runSettled()).length, 1_000);
    assert(logger.lines.length <= 100, `${logger.lines.length} lines`);
    assertEquals(
      logger.of("error").filter((line) => line.startsWith("job failed")).length,
      10,
    );
    assertEquals(logger.dataOf("more execute tasks")?.failed, 990);
    assert(
      logger.of("error").includes(
        "990 more execute tasks have started, 0 ended well, 990 failed",
      ),
    );
    assert(logger.lines.at(-1)?.endsWith("with 1000 failures"));
  });

  it("writes at most 100 lines if all of them are left behind", async () => {
    using time = new FakeTime();
    const logger = new FakeLogger();
    const manager = new TaskManager({ stopTimeout: 5 });
    logTo(manager, logger);
    for (let count = 0; count < 1_000; count++) {
      manager.addExecuteTask("job", () => new Promise(() => {}));
    }
    const { errors } = await started(manager, time);
    manager.stop();
    await pass(time, 5);
    await errors;
    assert(logger.lines.length <= 100, `${logger.lines.length} lines`);
    assertEquals(logger.dataOf("more execute tasks")?.failed, 995);
  });

  it("sums up now and then, and has lines again when few come", async () => {
    using time = new FakeTime();
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger, { summary: 1_000 });
    const { errors } = await started(manager, time);
    const summaries = () =>
      logger.of("info").filter((line) => line.includes("execute tasks"));

    addJobs(manager, 50);
    await pass(time, 1_000);
    assertEquals(summaries(), [
      "40 more execute tasks have started, 50 ended well",
    ]);
    addJobs(manager, 100);
    await pass(time, 1_000);
    assertEquals(summaries().slice(1), [
      "100 more execute tasks have started, 100 ended well",
    ]);
    addJobs(manager, 2);
    const lines = logger.lines.length;
    await pass(time, 1_000);
    assertEquals(summaries().slice(2), [
      "2 more execute tasks have started, 2 ended well",
    ]);
    assertEquals(logger.lines.length, lines + 1);
    addJobs(manager, 1);
    await pass(time, 1_000);
    assertEquals(logger.lines.slice(-2).map((line) => line.slice(0, 22)), [
      "debug job executes",
      "debug job has executed",
    ]);
    manager.stop();
    await errors;
  });

  it("says nothing where nothing more came", async () => {
    using time = new FakeTime();
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger, { summary: 1_000 });
    const { errors } = await started(manager, time);
    for (let count = 0; count < 11; count++) {
      manager.addExecuteTask("job", ({ done }) => done);
    }
    await pass(time, 1_000);
    await pass(time, 1_000);
    assertEquals(
      logger.of("info").filter((line) => line.includes("execute tasks")),
      ["1 more execute tasks have started, 0 ended well"],
    );
    manager.stop();
    await errors;
  });

  it("has lines of few again when the clock was put back", async () => {
    using time = new FakeTime();
    using clock = new SetClock();
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger, { summary: 1_000 });
    const { errors } = await started(manager, time);
    addJobs(manager, 50);
    await pass(time, 1_000);
    clock.move(-3_600_000);
    await pass(time, 1_000);
    const lines = logger.lines.length;
    const fail = () => Promise.reject("broken");
    manager.addExecuteTask("job", fail).cancel();
    addJobs(manager, 1);
    await pass(time, 1_000);
    const stage = (line: string) => line.includes("execute");
    assertEquals(logger.lines.slice(lines).filter(stage).map(untimed), [
      "debug job executes",
      "debug job executes",
      "error job failed in execute: broken",
      "debug job has executed in …",
    ]);
    manager.stop();
    await errors;
  });

  it("is summed up once, if the logger ends it as it writes that", async () => {
    using time = new FakeTime();
    using timers = new CountedTimers();
    const logger = new FakeLogger();
    const manager = new TaskManager();
    const info = logger.info.bind(logger);
    logger.info = (text) => {
      info(text);
      if (`${text}`.includes("more execute tasks")) end();
    };
    const end = logTo(manager, logger, { summary: 1_000 });
    const { errors } = await started(manager, time);
    addJobs(manager, 50);
    await pass(time, 1_000);
    addJobs(manager, 50);
    await pass(time, 1_000);
    assertEquals(logger.of("info").slice(1), [
      "40 more execute tasks have started, 50 ended well",
    ]);
    assertEquals(timers.running, 0);
    manager.stop();
    await errors;
  });

  it("has lines of few who drain, and none of many", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    for (let count = 0; count < 100; count++) {
      manager.addExecuteTask("job", {
        execute: ({ done }) => done,
        drain: () => {},
      });
    }
    manager.addExecuteTask("stop", () => void manager.stop(), { type });
    await manager.run();
    assertEquals(logger.lines.some((line) => line.includes("drains")), false);
    const few = new FakeLogger();
    const other = new TaskManager();
    logTo(other, few);
    other.addExecuteTask("job", { execute: ({ done }) => done, drain() {} });
    other.addExecuteTask("stop", () => void other.stop(), { type });
    await other.run();
    assert(few.lines.includes("debug job drains"));
  });

  it("does not take the drains of many for starts", async () => {
    using time = new FakeTime();
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger, { summary: 1_000 });
    const { errors } = await started(manager, time);
    for (let count = 0; count < 20; count++) {
      manager.addExecuteTask("connection", {
        execute: ({ done }) => done,
        drain: () => Promise.resolve(),
      });
    }
    await pass(time, 1_000);
    await pass(time, 1_000);
    manager.stop();
    await errors;
    assertEquals(
      logger.of("info").filter((line) => line.includes("execute tasks")),
      [
        "10 more execute tasks have started, 0 ended well",
        "0 more execute tasks have started, 20 ended well",
      ],
    );
  });

  it("sums up those that have the name of a task, too", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    manager.addTask("job", { cleanup: () => {} });
    addJobs(manager, 1_000);
    await runAndStop(manager);
    assert(logger.lines.length <= 100, `${logger.lines.length} lines`);
    assert(logger.lines.includes("debug job cleans up"));
  });

  it("leaves out many who are cancelled, but no task and no note", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    logTo(manager, logger);
    const handles = Array.from(
      { length: 20 },
      () =>
        manager.addExecuteTask("job", ({ note }) => note("hello"), { type }),
    );
    manager.addTask("stop", { execute: () => void manager.stop() });
    for (let count = 0; count < 20; count++) {
      manager.addTask(`task ${count}`, { cleanup: () => {} });
    }
    for (const handle of handles.slice(5)) handle.cancel();
    for (let count = 0; count < 20; count++) {
      manager.addExecuteTask("noting", ({ note }) => note("hello"), { type });
    }
    await manager.run();
    const count = (text: string) =>
      logger.lines.filter((line) => line.includes(text)).length;
    assertEquals(count("told to stop alone"), 10);
    assertEquals(count(": hello"), 25);
    assertEquals(count("cleans up"), 21);
  });
});
