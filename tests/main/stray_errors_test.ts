import { TaskManager } from "@goasync/core";
import { formatReport } from "@goasync/core/report";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeScope } from "../helpers/fake_scope.ts";
import { MainTest, serving } from "../helpers/main_run.ts";

describe("an error that nobody has caught", () => {
  for (const event of ["uncaughtException", "unhandledRejection"]) {
    it(`stops what runMain() runs, as "stray": ${event}`, async () => {
      using test = new MainTest();
      const told: unknown[] = [];
      const manager = serving();
      manager.subscribe((event) => {
        if (event.type === "told") told.push(event.by);
      });
      const [run] = await test.run(manager, { exit: false });
      test.os.raise(event, new Error("lost"));
      const { errors, report, signal } = await run!;
      assertEquals([errors, signal, told], [[], null, ["stray"]]);
      assertEquals(report.stop?.by, "stray");
      assertEquals(report.stop?.reason, "lost");
      assertEquals(report.laterStops, undefined);
      assertEquals(test.lines, ["Stray error: Error: lost"]);
      assertMatch(
        formatReport(report),
        /told to stop at .+ by a stray error: lost/,
      );
    });
  }

  it("lets drains have their time", async () => {
    using test = new MainTest();
    const log: string[] = [];
    const manager = new TaskManager();
    manager.addTask("slow", {
      async drain() {
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        log.push("drained");
      },
      cleanup: () => log.push("cleaned up"),
    });
    const [run] = await test.run(manager, { exit: false });
    test.os.raise("uncaughtException", "lost");
    await test.pass(999);
    assertEquals(log, []);
    await test.pass(1);
    await run;
    assertEquals(log, ["drained", "cleaned up"]);
  });

  it("is printed and recorded while a stop is under way, too", async () => {
    using test = new MainTest();
    const manager = new TaskManager();
    manager.addTask("slow", {
      drain: () => new Promise((resolve) => setTimeout(resolve, 1_000)),
    });
    const [run] = await test.run(manager, { exit: false });
    manager.stop("enough");
    test.os.raise("uncaughtException", new Error("first"));
    test.os.raise("unhandledRejection", new Error("second"));
    await test.pass(1_000);
    const { report } = await run!;
    assertEquals(report.stop?.by, "stop");
    assertEquals(
      report.laterStops?.map((
        { by, taskName, reason },
      ) => [by, taskName, reason]),
      [["stray", null, "first"], ["stray", null, "second"]],
    );
    assertEquals(test.lines, [
      "Stray error: Error: first",
      "Stray error: Error: second",
    ]);
    const text = formatReport(report);
    assertMatch(
      text,
      /\n✘ stray error at .+: first\n✘ stray error at .+: second/,
    );
  });

  it("is counted from the 21st on", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, { exit: false });
    for (let time = 0; time < 30; time++) {
      test.os.raise("uncaughtException", new Error(`number ${time}`));
    }
    const { report } = await run!;
    assertEquals(report.laterStops?.length, 20);
    const { lines } = test;
    assertEquals(lines.length, 21);
    assertEquals(lines[19], "Stray error: Error: number 19");
    assertEquals(lines[20], "Stray errors: 10 more");
  });

  it("is printed once, also where a task throws it", async () => {
    using test = new MainTest();
    const lost = new Error("lost");
    const manager = new TaskManager();
    manager.addTask("server", {
      execute: ({ done }) => done,
      cleanup: () => Promise.reject(lost),
    });
    const [run] = await test.run(manager, { exit: false });
    test.os.raise("uncaughtException", lost);
    await run;
    assertEquals(test.lines, [
      "Stray error: Error: lost",
      'TaskError: Task "server" failed in cleanup: lost',
    ]);
  });

  it("makes the exit code 1", async () => {
    using test = new MainTest();
    await test.run(serving());
    test.os.raise("unhandledRejection", undefined);
    await test.settle();
    test.os.raise("beforeExit");
    assertEquals(test.os.ends, [1]);
  });

  it("ends the process at once, with 1, if it comes when the run is over", async () => {
    using test = new MainTest();
    const manager = serving();
    await test.run(manager);
    manager.stop();
    await test.settle();
    test.os.raise("unhandledRejection", new Error("late"));
    await test.settle();
    assertStringIncludes(test.lines.join(), "late");
    assertEquals(test.os.ends, [1]);
    assertEquals(manager.report().laterStops, undefined);
  });

  it("is none if the terminal is gone that a stop writes to", async () => {
    for (
      const [name, code, expected] of [
        ["SIGHUP", "EIO", 0],
        ["SIGHUP", "EPIPE", 1],
        ["SIGINT", "EIO", 1],
      ] as const
    ) {
      using test = new MainTest();
      const manager = serving();
      await test.run(manager);
      test.os.raise(name);
      test.os.raise(
        "uncaughtException",
        Object.assign(new Error("write failed"), { code }),
      );
      await test.settle();
      test.os.raise("beforeExit");
      assertEquals(test.os.ends, [expected], `${name} and ${code}`);
      assertEquals(manager.report().laterStops?.length ?? 0, expected);
      assertEquals(test.lines.length, expected);
    }
  });

  it('is the runtime\'s with strayErrors: "ignore"', async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, {
      exit: false,
      strayErrors: "ignore",
    });
    assertEquals(test.os.handlers.includes("uncaughtException"), false);
    assertEquals(test.os.handlers.includes("unhandledRejection"), false);
    manager.stop();
    await run;
  });

  it("may be printed by a console that fails", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, { exit: false });
    console.error = () => {
      throw new Error("broken");
    };
    test.os.raise("uncaughtException", new Error("lost"));
    assertEquals((await run!).report.stop?.by, "stray");
  });
});

describe("an error that is an event of the global scope", () => {
  const error = new Error("lost");
  for (
    const [type, init] of [
      ["error", { error }],
      ["unhandledrejection", { reason: error }],
    ] as const
  ) {
    it(`stops what runMain() runs: ${type}`, async () => {
      using scope = new FakeScope();
      using test = new MainTest({ versions: { deno: "2" } });
      const [run] = await test.run(serving(), { exit: false });
      assertEquals(scope.raise(type, init), true);
      assertEquals((await run!).report.stop?.by, "stray");
      assertEquals(test.lines, ["Stray error: Error: lost"]);
      assertEquals(scope.raise(type, init), false);
    });
  }

  it("is left alone if somebody else has handled it", async () => {
    using scope = new FakeScope();
    using test = new MainTest({ versions: { deno: "2" } });
    globalThis.addEventListener("error", (event) => event.preventDefault());
    const manager = serving();
    const [run] = await test.run(manager, { exit: false });
    assertEquals(scope.raise("error", { error }), true);
    assertEquals([manager.state, test.lines], ["executing", []]);
    manager.stop();
    await run;
  });
});
