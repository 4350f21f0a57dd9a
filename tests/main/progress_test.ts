import { TaskManager } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MainTest } from "../helpers/main_run.ts";
import { SetClock } from "../helpers/set_clock.ts";
import { stuck } from "../helpers/stuck.ts";

const after = (ms: number) => () =>
  new Promise<void>((resolve) => setTimeout(resolve, ms));

describe("while a stop lasts, runMain() prints every 2 s", () => {
  it("who drains, who is left when signals aborted, and who cleans up, with their limits", async () => {
    using test = new MainTest();
    const manager = new TaskManager({ shutdownTimeout: 60_000 });
    manager.addTask("db", { cleanup: after(3_000) }, {
      cleanupTimeout: 9_000,
    });
    manager.addTask("consumer", { drain: after(5_000) }, {
      drainTimeout: 8_000,
    });
    manager.addTask("slow", {
      execute: async ({ done }) => {
        await done;
        await after(2_500)();
      },
    }, { stopTimeout: 7_000 });
    const [run] = await test.run(manager, { exit: false });
    manager.stop("enough");
    for (let half = 0; half < 22; half++) await test.pass(500);
    await run;
    const line = (time: string) =>
      `Stopping for ${time} of shutdownTimeout 1m 00s (enough): `;
    assertEquals(test.lines, [
      line("2.00 s") +
      "consumer still drains after 2 s, 6 s left of its drainTimeout",
      line("4.00 s") +
      "consumer still drains after 4 s, 4 s left of its drainTimeout",
      line("6.00 s") +
      "slow still executes after 6 s, 6 s left of its stopTimeout",
      line("8.00 s") +
      "db still cleans up after 1 s, 9 s left of its cleanupTimeout",
      line("10.00 s") +
      "db still cleans up after 3 s, 7 s left of its cleanupTimeout",
    ]);
  });

  it("that half the shutdownTimeout is for drains without a limit", async () => {
    using test = new MainTest();
    const manager = new TaskManager({ shutdownTimeout: 10_000 });
    manager.addTask("consumer", { drain: after(2_500) });
    const [run] = await test.run(manager, { exit: false });
    manager.stop("enough");
    await test.pass(2_000);
    await test.pass(500);
    await run;
    assertEquals(test.lines, [
      "Stopping for 2.00 s of shutdownTimeout 10.00 s (enough): consumer still drains after 2 s, 3 s left of its drainTimeout",
    ]);
  });

  it("those within managers in place of what is around them", async () => {
    using test = new MainTest();
    const payments = new TaskManager({ stopTimeout: 5_000 });
    payments.addTask("hangs", { execute: stuck });
    const mail = new TaskManager({ drainTimeout: Infinity });
    mail.addTask("queue", { drain: after(2_500) });
    const manager = new TaskManager();
    manager.addTask("payments", payments.asTask());
    manager.addExecuteTask("mail", mail);
    const [run] = await test.run(manager, { exit: false });
    manager.stop("enough");
    await test.pass(2_000);
    await test.pass(500);
    await test.pass(1_500);
    assertEquals(test.lines, [
      "Stopping for 2.00 s (enough): mail/queue still drains after 2 s",
      "Stopping for 4.00 s (enough): payments/hangs still executes after 4 s, 4 s left of its stopTimeout",
    ]);
    await test.pass(3_500);
    await run;
  });

  it("who is still initialized", async () => {
    using test = new MainTest();
    const manager = new TaskManager({ initializeTimeout: 3_000 });
    manager.addTask("db", { initialize: after(2_500) });
    const [run] = await test.run(manager, { exit: false });
    await test.pass(100);
    manager.stop("enough");
    await test.pass(2_000);
    await test.pass(500);
    await run;
    assertEquals(test.lines, [
      "Stopping for 2.00 s (enough): db still initializes after 2 s, 1 s left of its initializeTimeout",
    ]);
  });

  it("for how long, whatever the clock says meanwhile", async () => {
    for (const step of [-3_600_000, 3_600_000]) {
      using test = new MainTest();
      using clock = new SetClock();
      const manager = new TaskManager();
      manager.addTask("db", { drain: after(2_500) });
      const [run] = await test.run(manager, { exit: false });
      manager.stop("enough");
      await test.pass(1_000);
      clock.move(step);
      await test.pass(1_000);
      assertEquals(test.lines, [
        "Stopping for 2.00 s (enough): db still drains after 2 s",
      ]);
      await test.pass(500);
      await run;
    }
  });

  it("three of them, and how many more, also of one name", async () => {
    using test = new MainTest();
    const manager = new TaskManager({ stopTimeout: 2_500 });
    for (let job = 0; job < 12; job++) {
      manager.addExecuteTask("job\n", stuck);
    }
    manager.addExecuteTask("done", () => {}, { type: "error" });
    manager.addExecuteTask("job\n", () => {}, { type: "error" });
    const [run] = await test.run(manager, { exit: false });
    manager.stop("enough");
    await test.pass(2_000);
    const one = "job\\n still executes after 2 s, 1 s left of its stopTimeout";
    assertEquals(test.lines, [
      `Stopping for 2.00 s (enough): ${Array(3).fill(one).join("; ")}; 9 more`,
    ]);
    await test.pass(500);
    assertEquals((await run!).errors.length, 12);
  });

  it("or as often as it is told", async () => {
    using test = new MainTest();
    const manager = new TaskManager();
    manager.addTask("consumer", { drain: after(2_400) });
    const [run] = await test.run(manager, { exit: false, progress: 500 });
    await test.pass(5_000);
    assertEquals(test.lines, []);
    manager.stop();
    for (const ms of [500, 500, 500, 500, 400, 100]) await test.pass(ms);
    await run;
    assertEquals(test.lines.length, 4);
  });

  it("never, if that is wanted", async () => {
    using test = new MainTest();
    const manager = new TaskManager();
    manager.addTask("consumer", { drain: after(10_000) });
    const [run] = await test.run(manager, { exit: false, progress: false });
    manager.stop();
    await test.pass(10_000);
    await run;
    assertEquals(test.lines, []);
  });
});
