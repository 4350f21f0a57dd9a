import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MainTest } from "../helpers/main_run.ts";
import { stuck } from "../helpers/stuck.ts";

const failing = (thrown: unknown) => ({
  execute: () => Promise.reject(thrown),
});

describe("runMain() prints of the errors of tasks", () => {
  it("each with what was thrown, once", async () => {
    using test = new MainTest();
    const same = new Error("No database");
    const manager = new TaskManager();
    manager.addTask("api", failing(same));
    manager.addTask("jobs", failing(same));
    manager.addTask("mail", failing("no text but this"));
    await runMain(manager, { exit: false });
    assertEquals(test.lines, [
      'TaskError: Task "api" failed in execute: No database',
      "Error: No database",
      'TaskError: Task "jobs" failed in execute: No database',
      'TaskError: Task "mail" failed in execute: no text but this',
    ]);
  });

  it("those of managers within, each once", async () => {
    using test = new MainTest();
    const inner = new TaskManager();
    inner.addTask("a", failing(new TypeError("one")));
    inner.addTask("b", failing(new RangeError("two")));
    const middle = new TaskManager();
    middle.addExecuteTask("inner", inner);
    const manager = new TaskManager();
    manager.addTask("middle", middle.asTask());
    await runMain(manager, { exit: false });
    assertEquals(test.lines, [
      'TaskError: Task "middle/inner/a" failed in execute: one (and 1 more)',
      "TypeError: one",
      'In middle/inner: TaskError: Task "b" failed in execute: two',
      "RangeError: two",
    ]);
  });

  it("a timeout and an unexpected stop in one line", async () => {
    using test = new MainTest();
    const manager = new TaskManager({ stopTimeout: 5 });
    manager.addTask("stuck", { execute: stuck });
    manager.addTask("ends", { execute: () => {} });
    const [run] = await test.run(manager, { exit: false });
    await test.pass(5);
    await run;
    assertEquals(test.lines, [
      'TaskError: Task "ends" returned from execute before it was told to stop: use type "error" for a task that may end',
      'TaskError: Task "stuck" timed out in execute: stopTimeout of 5 ms is over',
    ]);
  });

  it("also what cannot be read", async () => {
    using test = new MainTest();
    const thrown = {
      get errors() {
        throw new Error("unreadable");
      },
      toString: () => "opaque",
    };
    const manager = new TaskManager();
    manager.addTask("api", failing(thrown));
    await runMain(manager, { exit: false });
    assertEquals(test.lines[1], "opaque");
  });
});
