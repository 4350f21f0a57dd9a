import { InvalidStateError, TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeProcess, replaceProcess } from "../helpers/fake_process.ts";
import { MainTest, serving } from "../helpers/main_run.ts";
import { PrintedErrors } from "../helpers/printed_errors.ts";

describe("runMain() with exit: false", () => {
  it("resolves with what the run has come to", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, { exit: false });
    manager.stop();
    const { errors, report, signal } = await run!;
    assertEquals([errors, signal], [[], null]);
    assertEquals(report, manager.report());
    assertEquals([test.os.ends, test.lines], [[], []]);
  });

  it("resolves with the errors of tasks, which are printed", async () => {
    using test = new MainTest();
    const manager = new TaskManager();
    manager.addTask("api", {
      execute: () => Promise.reject(new Error("Port in use")),
    });
    const { errors } = await runMain(manager, { exit: false });
    assertEquals(errors.map(({ taskName }) => taskName), ["api"]);
    assertEquals(test.lines, [
      'TaskError: Task "api" failed in execute: Port in use',
      "Error: Port in use",
    ]);
  });

  it("leaves nothing behind", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, { exit: false, hold: ["SIGUSR2"] });
    assertEquals(test.os.handlers, [
      "SIGINT",
      "SIGTERM",
      "SIGHUP",
      "SIGUSR2",
      "SIGQUIT",
      "uncaughtException",
      "unhandledRejection",
    ]);
    manager.stop();
    await run;
    assertEquals(test.os.handlers, []);
  });

  it("does nothing when the manager was stopped before", async () => {
    using test = new MainTest();
    const manager = serving();
    manager.stop();
    const { errors, report } = await runMain(manager, { exit: false });
    assertEquals(errors, []);
    assertEquals(report.startedAt, null);
    assertEquals(test.os.handlers, []);
  });

  it("lets the process go on after an error that comes in the grace of its end", async () => {
    using test = new MainTest();
    const [outcome] = await test.run(serving(), { exit: false });
    test.os.raise("SIGINT");
    await test.settle();
    test.os.raise("uncaughtException", "late");
    await test.pass(301);
    await test.pass(10);
    assertEquals((await outcome!).errors, []);
    assertEquals([test.os.ends, test.lines], [[], ["Stray error: late"]]);
  });

  it("can be called again and again, and leaves no handler", async () => {
    using test = new MainTest();
    for (let run = 0; run < 12; run++) {
      const manager = serving();
      const [outcome] = await test.run(manager, { exit: false });
      test.os.raise("SIGINT");
      await test.settle();
      await test.pass(301);
      await test.pass(10);
      assertEquals((await outcome!).signal, "SIGINT");
    }
    assertEquals([test.os.handlers, test.os.ends], [[], []]);
  });
});

describe("runMain()", () => {
  it("rejects with InvalidStateError while another manager runs as the process", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, { exit: false });
    const error = await assertRejects(
      () => runMain(serving()),
      InvalidStateError,
      "Cannot run a manager as the process as another one is: wait until it is over",
    );
    assertEquals(error.state, "executing");
    assertEquals(manager.state, "executing");
    manager.stop();
    await run;
    const other = serving();
    other.stop();
    await runMain(other, { exit: false });
  });

  it("rejects with InvalidStateError for a manager that was run before, and lets go of everything", async () => {
    using os = new FakeProcess();
    const manager = serving();
    manager.stop();
    await manager.run();
    for (let time = 0; time < 2; time++) {
      await assertRejects(
        () => runMain(manager),
        InvalidStateError,
        "Cannot run a manager twice",
      );
    }
    assertEquals([os.handlers, os.ends], [[], []]);
  });

  it("runs the manager and resolves where there is no process", async () => {
    using _none = replaceProcess(undefined);
    const manager = new TaskManager();
    manager.addExecuteTask("stop", () => void manager.stop(), {
      type: "error",
    });
    using printed = new PrintedErrors();
    const { errors, signal } = await runMain(manager, { report: true });
    assertEquals([errors, signal], [[], null]);
    assertEquals(printed.lines.length, 1);
  });

  const bad: [unknown, unknown, string][] = [
    [null, {}, "it must be a TaskManager: current value is null"],
    [{}, {}, "it must be a TaskManager"],
    [serving(), null, "the options must be an object"],
    [serving(), { signals: [] }, "'signals' must be a non-empty array"],
    [serving(), { hold: "SIGHUP" }, "'hold' must be a non-empty array"],
    [serving(), { hold: ["HUP"] }, "'hold' must hold names of OS signals"],
    [serving(), { reportSignal: "QUIT" }, "'reportSignal' must hold names"],
    [serving(), { reportSignal: "SIGKILL" }, "no program can catch it"],
    [serving(), { grace: -1 }, "'grace' must be a finite number"],
    [serving(), { exitAfter: NaN }, "'exitAfter' must be a finite number"],
    [serving(), { progress: 0 }, "'progress' must be above 0, or false"],
    [serving(), { progress: true }, "'progress' must be a finite number"],
    [serving(), { strayErrors: "log" }, `'strayErrors' must be "stop" or`],
    [serving(), { report: 1 }, "'report' must be a boolean"],
    [serving(), { exit: "no" }, "'exit' must be a boolean"],
    [serving(), { exitCode: 1 }, "'exitCode' must be a function"],
  ];
  for (const [manager, options, message] of bad) {
    it(`rejects as ${message}`, async () => {
      using os = new FakeProcess();
      const error = await assertRejects(
        // deno-lint-ignore no-explicit-any
        () => runMain(manager as any, options as any),
        Error,
      );
      assertStringIncludes(
        error.message,
        "Cannot run a manager as the process",
      );
      assertStringIncludes(error.message, message);
      assertEquals(os.handlers, []);
    });
  }
});
