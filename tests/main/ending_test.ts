import { TaskManager } from "@goasync/core";
import { runMain, type RunMainOptions } from "@goasync/core/main";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { FakeProcessOptions } from "../helpers/fake_process.ts";
import { MainTest, serving } from "../helpers/main_run.ts";
import { stuck } from "../helpers/stuck.ts";

/** Runs a manager whose run is over soon, cleanly or not. */
async function over(
  test: MainTest,
  manager: TaskManager,
  options: RunMainOptions = {},
): Promise<void> {
  await test.run(manager, options);
  manager.stop();
  await test.settle();
}

function failing(): TaskManager {
  const manager = new TaskManager();
  manager.addTask("api", { cleanup: () => Promise.reject("broken") });
  return manager;
}

/** A manager that leaves a task behind as soon as it is stopped. */
function hanging(): TaskManager {
  const manager = new TaskManager({ stopTimeout: 0 });
  manager.addTask("stuck", { execute: stuck });
  return manager;
}

describe("the exit code of runMain()", () => {
  const codes: [string, TaskManager, RunMainOptions, number][] = [
    ["0 for a clean run", serving(), {}, 0],
    ["1 if tasks failed", failing(), {}, 1],
    ["what is chosen", serving(), { exitCode: () => 130 }, 130],
    [
      "chosen by what came of it",
      failing(),
      { exitCode: ({ errors, report }) => errors.length + report.tasks.length },
      2,
    ],
  ];
  for (const [what, manager, options, code] of codes) {
    it(`is ${what}`, async () => {
      using test = new MainTest();
      await over(test, manager, options);
      test.os.raise("beforeExit");
      assertEquals(test.os.ends, [code]);
    });
  }

  it("is that which the program has set", async () => {
    for (const [set, code] of [[3, 3], ["4", 4], [0, 0]] as const) {
      using test = new MainTest();
      Object.assign(test.os.process, { exitCode: set });
      await over(test, serving());
      test.os.raise("beforeExit");
      assertEquals(test.os.ends, [code]);
    }
  });

  it("is set for whoever ends the process", async () => {
    using test = new MainTest();
    await over(test, failing());
    assertEquals(test.os.process.exitCode, 1);
  });

  const bad: [unknown, string][] = [
    [-1, "-1 (number)"],
    [256, "256 (number)"],
    [1.5, "1.5 (number)"],
    ["1", '"1"'],
    [undefined, "undefined"],
  ];
  for (const [chosen, shown] of bad) {
    it(`is 1 if what is chosen is ${shown}`, async () => {
      using test = new MainTest();
      // deno-lint-ignore no-explicit-any
      await over(test, serving(), { exitCode: () => chosen as any });
      test.os.raise("beforeExit");
      assertEquals(test.os.ends, [1]);
      assertEquals(test.lines, [
        `RangeError: Cannot exit as 'exitCode' must return an integer from 0 to 255: current value is ${shown}`,
      ]);
    });
  }

  it("is 1 if choosing throws", async () => {
    using test = new MainTest();
    await over(test, serving(), {
      exitCode: () => {
        throw new Error("no choice");
      },
    });
    test.os.raise("beforeExit");
    assertEquals(test.os.ends, [1]);
    assertEquals(test.lines, ["Error: no choice"]);
  });
});

describe("the process of runMain(), when the run is over,", () => {
  it("is not ended while something else may end it", async () => {
    using test = new MainTest();
    await over(test, serving());
    await test.pass(1_999);
    assertEquals([test.os.ends, test.lines], [[], []]);
  });

  it("is ended after a while, and what keeps it alive is named", async () => {
    using test = new MainTest({
      resources: () => [
        "PipeWrap",
        "Timeout",
        "TCPSocketWrap",
        "TTYWrap",
        "Timeout",
        "PipeWrap",
      ],
    });
    await over(test, hanging());
    await test.pass(0);
    assertEquals(test.lines.length, 1); // The error.
    await test.pass(2_000);
    assertEquals(test.lines, [
      "Exiting with code 1, as 2.00 s after the run the process is still kept alive by stuck (left behind in execute), and by 2 Timeout, 1 TCPSocketWrap, 1 PipeWrap",
    ]);
    assertEquals(test.os.ends, [1]);
  });

  it("is ended after as long as it is told, also by what nobody knows", async () => {
    using test = new MainTest();
    await over(test, serving(), { exitAfter: 100 });
    await test.pass(100);
    assertEquals(test.lines, [
      "Exiting with code 0, as 100 ms after the run the process is still kept alive by something that the runtime does not name",
    ]);
    assertEquals(test.os.ends, [0]);
  });

  it("names those within managers in place of what is around them", async () => {
    using test = new MainTest();
    const inner = new TaskManager();
    inner.addTask("stuck", { execute: stuck });
    const manager = new TaskManager({ shutdownTimeout: 10 });
    manager.addTask("not begun", { cleanup: () => {} });
    manager.addTask("inner", inner.asTask());
    await over(test, manager, { exitAfter: 0 });
    await test.pass(10);
    await test.pass(0);
    assertEquals(
      test.lines.at(-1)?.split(" alive by ")[1],
      "inner/stuck (left behind in execute)",
    );
  });

  it("does not name whom nothing goes on of, nor what is around", async () => {
    using test = new MainTest({ resources: () => ["Timeout"] });
    const inner = new TaskManager();
    inner.addTask("worker", {
      execute({ abandoned, note }) {
        abandoned.addEventListener(
          "abort",
          () => note("terminated its worker"),
        );
        return stuck();
      },
    });
    const manager = new TaskManager({ shutdownTimeout: 10 });
    manager.addTask("inner", inner.asTask());
    await over(test, manager, { exitAfter: 0 });
    await test.pass(10);
    await test.pass(0);
    assertEquals(test.lines.at(-1)?.split(" alive by ")[1], "1 Timeout");
  });

  it("names ten that were left behind, and how many more, also of one name", async () => {
    using test = new MainTest();
    const manager = new TaskManager({ stopTimeout: 0 });
    for (let job = 0; job < 12; job++) manager.addExecuteTask("job\n", stuck);
    await over(test, manager, { exitAfter: 0 });
    await test.pass(0);
    await test.pass(0);
    const one = "job\\n (left behind in execute)";
    assertEquals(
      test.lines.at(-1)?.split(" alive by ")[1],
      `${Array(10).fill(one).join(", ")}, 2 more`,
    );
  });

  it("has its output written before", async () => {
    let written = () => {};
    using test = new MainTest({ unwritten: (done) => written = done });
    await over(test, serving(), { exitAfter: 0 });
    await test.pass(0);
    assertEquals(test.os.ends, []);
    written();
    await test.settle();
    assertEquals(test.os.ends, [0]);
  });

  it("waits for its output for half a second", async () => {
    using test = new MainTest({ unwritten: () => {} });
    await over(test, serving(), { exitAfter: 0 });
    await test.pass(0);
    await test.pass(499);
    assertEquals(test.os.ends, []);
    await test.pass(1);
    assertEquals(test.os.ends, [0]);
  });

  it("is ended with its code by a first OS signal", async () => {
    using test = new MainTest();
    await over(test, failing());
    test.os.raise("SIGINT");
    await test.settle();
    assertEquals(test.os.ends, [1]);
  });

  it("is ended by a second OS signal, after a line that says who was left behind", async () => {
    using test = new MainTest();
    const manager = hanging();
    await test.run(manager);
    test.os.raise("SIGINT");
    await test.pass(301);
    await test.pass(1);
    test.lines;
    test.os.raise("SIGINT");
    assertEquals(test.lines, [
      "Ended by SIGINT: stuck (left behind in execute)",
    ]);
    assertEquals(test.os.ends, ["SIGINT"]);
  });

  it("is ended by a second OS signal where nobody is waited for", async () => {
    using test = new MainTest();
    await test.run(serving());
    test.os.raise("SIGINT");
    await test.pass(301);
    await test.pass(1);
    test.os.raise("SIGINT");
    assertEquals(test.lines, ["Ended by SIGINT: nobody was waited for"]);
    assertEquals(test.os.ends, ["SIGINT"]);
  });

  it("never resolves", async () => {
    using test = new MainTest();
    const manager = serving();
    let isResolved = false;
    void runMain(manager).then(() => isResolved = true);
    await test.settle();
    manager.stop();
    await test.pass(10_000);
    assertEquals([isResolved, test.os.ends], [false, [0]]);
  });
});

describe("where a module's await counts as something left to do, the process of runMain()", () => {
  for (const versions of [{ deno: "2.9.6" }, { bun: "1.4.5" }]) {
    const make = (options: FakeProcessOptions = {}) =>
      new MainTest({ versions: { node: "26.0.0", ...versions }, ...options });

    it(`is ended at once if nothing else is known: ${Object.keys(versions)}`, async () => {
      using test = make();
      await over(test, serving());
      assertEquals([test.os.ends, test.lines], [[0], []]);
    });
  }

  it("is ended at once on Deno in a terminal, whose streams count three times and more", async () => {
    using test = new MainTest({
      versions: { deno: "2.9.6" },
      resources: () => ["TTYWrap", "TTYWrap", "TTYWrap", "PipeWrap"],
    });
    await over(test, serving());
    assertEquals([test.os.ends, test.lines], [[0], []]);
  });

  it("has its output written before, where its length is not known", async () => {
    let written = () => {};
    using test = new MainTest({
      versions: { bun: "1.4.5" },
      unwritten: (done) => written = done,
    });
    await over(test, serving());
    assertEquals(test.os.ends, []);
    written();
    await test.settle();
    assertEquals(test.os.ends, [0]);
  });

  it("is ended when nothing keeps it alive any more", async () => {
    const resources = ["Timeout"];
    using test = new MainTest({
      versions: { deno: "2.9.6" },
      resources: () => [...resources],
    });
    await over(test, serving());
    await test.pass(500);
    assertEquals(test.os.ends, []);
    resources.length = 0;
    await test.pass(50);
    assertEquals([test.os.ends, test.lines], [[0], []]);
  });

  it("is ended after a while if a task was left behind", async () => {
    using test = new MainTest({ versions: { bun: "1.4.5" } });
    await over(test, hanging(), { exitAfter: 120 });
    await test.pass(0);
    for (let time = 0; time < 2; time++) await test.pass(50);
    assertEquals(test.os.ends, []);
    await test.pass(20);
    assertEquals(test.os.ends, [1]);
    assertEquals(
      test.lines.at(-1),
      "Exiting with code 1, as 120 ms after the run the process is still kept alive by stuck (left behind in execute)",
    );
  });
});
