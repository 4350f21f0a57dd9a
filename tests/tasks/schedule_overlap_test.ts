import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { type Gate, gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";
import { every, scheduled } from "../helpers/scheduled.ts";

/** Runs that a test ends one by one, and counts. */
class HeldRuns {
  readonly #gates: Gate[] = [];
  #running = 0;
  most = 0;

  readonly execute = async (): Promise<void> => {
    this.most = Math.max(this.most, ++this.#running);
    const finish = gate();
    this.#gates.push(finish);
    await finish.reached;
    this.#running--;
  };

  /** Ends the run in progress. */
  end(): void {
    this.#gates.shift()?.open();
  }
}

describe("schedule() while a run goes on", () => {
  for (const overlap of [undefined, "skip"] as const) {
    it(`skips the times that come, and notes them, with ${overlap}`, async () => {
      using time = new FakeTime(0);
      const held = new HeldRuns();
      const { manager, run, runs, notes } = await scheduled(
        time,
        every(10),
        held.execute,
        { overlap },
      );
      await passInSteps(time, 30, 10);
      assertEquals(runs, [10]);
      assertEquals(notes(), [
        "skipped 1970-01-01T00:00:00.020Z: the run before it goes on",
        "skipped 1970-01-01T00:00:00.030Z: the run before it goes on",
      ]);
      held.end();
      await pass(time, 5);
      assertEquals(runs, [10]);
      await pass(time, 5);
      assertEquals([runs, held.most], [[10, 40], 1]);
      manager.stop();
      held.end();
      assertEquals(await run, []);
    });
  }

  it("queues a run for each time that comes", async () => {
    using time = new FakeTime(0);
    const held = new HeldRuns();
    const { manager, run, runs, notes } = await scheduled(
      time,
      every(10),
      held.execute,
      { overlap: "queue" },
    );
    await passInSteps(time, 30, 10);
    await pass(time, 5);
    assertEquals(runs, [10]);
    held.end();
    await pass(time, 0);
    assertEquals(runs, [10, 35]);
    held.end();
    await pass(time, 0);
    assertEquals(runs, [10, 35, 35]);
    held.end();
    await pass(time, 4);
    assertEquals(runs, [10, 35, 35]);
    await pass(time, 1);
    assertEquals([runs, held.most], [[10, 35, 35, 40], 1]);
    manager.stop();
    held.end();
    assertEquals([await run, notes()], [[], []]);
  });

  it("begins none of the queue once it is told to stop", async () => {
    using time = new FakeTime(0);
    const held = new HeldRuns();
    const { manager, run, runs } = await scheduled(
      time,
      every(10),
      held.execute,
      { overlap: "queue" },
    );
    await passInSteps(time, 50, 10);
    manager.stop();
    held.end();
    assertEquals([await run, runs], [[], [10]]);
  });

  it("goes on with the queue after a run that failed", async () => {
    using time = new FakeTime(0);
    const finish = gate();
    const { manager, run, runs } = await scheduled(
      time,
      every(10),
      async () => {
        await finish.reached;
        throw new Error("no disk");
      },
      { overlap: "queue" },
    );
    await passInSteps(time, 30, 10);
    finish.open();
    await pass(time, 0);
    assertEquals(runs, [10, 30, 30]);
    await manager.stop();
    assertEquals(await run, []);
  });
});
