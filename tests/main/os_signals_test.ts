import { TaskManager } from "@goasync/core";
import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MainTest, serving } from "../helpers/main_run.ts";
import { stuck } from "../helpers/stuck.ts";

describe("runMain() is told by an OS signal", () => {
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`to stop, by ${name}`, async () => {
      using test = new MainTest();
      const [run] = await test.run(serving(), { exit: false });
      test.os.raise(name);
      await test.pass(311);
      const { signal, report } = await run!;
      assertEquals(signal, name);
      assertEquals(report.stop?.by, "signal");
      assertEquals(report.stop?.reason, `Received ${name}`);
    });
  }

  it("to stop, by those of its options only", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, {
      exit: false,
      signals: ["SIGUSR2"],
    });
    test.os.raise("SIGINT");
    assertEquals(manager.state, "executing");
    test.os.raise("SIGUSR2");
    await test.pass(311);
    assertEquals((await run!).signal, "SIGUSR2");
  });

  it("nothing new by another one within the grace, nor once the run is over", async () => {
    using test = new MainTest();
    const [run] = await test.run(serving(), { exit: false });
    test.os.raise("SIGINT");
    await test.settle();
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) test.os.raise(name);
    await test.pass(150);
    test.os.raise("SIGINT"); // It has not resolved: this would end the process.
    await test.pass(161);
    assertEquals((await run!).signal, "SIGINT");
    assertEquals([test.os.ends, test.lines], [[], []]);
    assertEquals(test.os.handlers, []);
  });

  it("to end at once by a second one, after a line that says who was waited for", async () => {
    using test = new MainTest();
    const manager = new TaskManager({ stopTimeout: 60_000 });
    manager.addTask("stuck", { execute: stuck });
    const mail = new TaskManager();
    mail.addExecuteTask("queue", stuck);
    manager.addExecuteTask("mail", mail);
    await test.run(manager);
    test.os.raise("SIGINT");
    await test.pass(1_500);
    assertEquals([test.os.ends, test.lines], [[], []]);
    test.os.raise("SIGTERM");
    assertEquals(test.os.ends, ["SIGTERM"]);
    assertEquals(test.lines, [
      "Ended by SIGTERM: stuck still executes after 2 s, 59 s left of its stopTimeout; mail/queue still executes after 2 s, 59 s left of its stopTimeout",
    ]);
    await test.pass(60_000); // The manager leaves it behind.
  });

  it("to end by an exit code as the first process of a container", async () => {
    using test = new MainTest({ pid: 1 });
    const manager = new TaskManager({ stopTimeout: 60_000 });
    manager.addTask("stuck", { execute: stuck });
    await test.run(manager);
    test.os.raise("SIGINT");
    test.os.raise("SIGINT");
    await test.pass(400);
    assertEquals(test.os.ends, []);
    test.os.raise("SIGINT");
    assertEquals(test.os.ends, [130]);
    await test.pass(60_000); // The manager leaves it behind.
  });

  it("that it was something else if a stop was under way", async () => {
    using test = new MainTest();
    const manager = new TaskManager();
    manager.addTask("slow", {
      drain: () => new Promise((resolve) => setTimeout(resolve, 1_000)),
    });
    const [run] = await test.run(manager, { exit: false });
    manager.stop();
    test.os.raise("SIGINT");
    await test.pass(1_000);
    const { signal, report } = await run!;
    assertEquals([signal, report.stop?.by], [null, "stop"]);
  });
});

describe("runMain() holds OS signals", () => {
  it("so that they neither stop nor end anything", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, {
      exit: false,
      hold: ["SIGHUP", "SIGUSR2"],
    });
    assertEquals(test.os.handlers.includes("SIGUSR2"), true);
    for (const name of ["SIGHUP", "SIGUSR2", "SIGHUP"]) test.os.raise(name);
    assertEquals(manager.state, "executing");
    test.os.raise("SIGINT");
    await test.pass(400);
    test.os.raise("SIGHUP");
    assertEquals((await run!).signal, "SIGINT");
    assertEquals(test.os.ends, []);
  });

  it("also where none is left that stops it", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, {
      exit: false,
      signals: ["SIGHUP"],
      hold: ["SIGHUP"],
    });
    test.os.raise("SIGHUP");
    assertEquals(manager.state, "executing");
    manager.stop();
    await run;
  });
});

describe("runMain() prints the report of the moment", () => {
  it("on SIGQUIT, and stops nothing", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, { exit: false });
    test.os.raise("SIGQUIT");
    assertMatch(
      test.lines.join("\n"),
      /^executing for .+\n\n.*\nserver +strict/s,
    );
    assertEquals(manager.state, "executing");
    manager.stop();
    await run;
  });

  it("on the signal that it is told", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, {
      exit: false,
      reportSignal: "SIGUSR1",
    });
    test.os.raise("SIGQUIT");
    assertEquals(test.lines, []);
    test.os.raise("SIGUSR1");
    assertEquals(test.lines.length, 1);
    manager.stop();
    await run;
  });

  it("on none, if that is wanted, or if it is to stop or to be held", async () => {
    for (
      const options of [
        { reportSignal: false },
        { hold: ["SIGQUIT"] },
        { signals: ["SIGTERM", "SIGQUIT"] },
      ] as const
    ) {
      using test = new MainTest();
      const manager = serving();
      const [run] = await test.run(manager, { exit: false, ...options });
      test.os.raise("SIGQUIT");
      assertEquals(test.lines, []);
      manager.stop();
      await test.pass(400);
      await run;
    }
  });

  it("at the end, as wide as the terminal within limits", async () => {
    using test = new MainTest();
    const manager = serving();
    const [run] = await test.run(manager, { exit: false, report: true });
    manager.stop();
    await run;
    assertMatch(test.lines.join("\n"), /^finished after .+ by stop\(\)/);
  });
});
