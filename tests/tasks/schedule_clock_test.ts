import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { pass } from "../helpers/pass.ts";
import { every, scheduled } from "../helpers/scheduled.ts";
import { SetClock } from "../helpers/set_clock.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The longest that it takes to notice that the clock was set. */
const NOTICED = 30 * SECOND;

describe("schedule() when the machine slept or the clock was set forward", () => {
  it("drops the times that were missed, and notes that", async () => {
    using time = new FakeTime(0);
    using clock = new SetClock();
    const { manager, runs, notes } = await scheduled(time, every(HOUR));
    await pass(time, 10 * MINUTE);
    clock.move(8 * HOUR);
    await pass(time, NOTICED);
    assertEquals(runs, []);
    assertEquals(notes(), [
      "missed 1970-01-01T01:00:00.000Z: it is 1970-01-01T08:10:30.000Z",
    ]);
    await pass(time, 49 * MINUTE + NOTICED);
    assertEquals(runs, [9 * HOUR]);
    await manager.stop();
  });

  it("runs once for all of them with catchUp", async () => {
    using time = new FakeTime(0);
    using clock = new SetClock();
    const { manager, runs, notes } = await scheduled(
      time,
      every(HOUR),
      () => {},
      { catchUp: "once" },
    );
    await pass(time, 10 * MINUTE);
    clock.move(8 * HOUR);
    await pass(time, NOTICED);
    assertEquals(runs, [8 * HOUR + 10 * MINUTE + NOTICED]);
    assertEquals(notes().length, 1);
    await pass(time, 49 * MINUTE + NOTICED);
    assertEquals(runs.slice(1), [9 * HOUR]);
    await manager.stop();
  });

  it("runs late for a time of the last minute, and drops those in between", async () => {
    using time = new FakeTime(0);
    using clock = new SetClock();
    const { manager, runs, notes } = await scheduled(time, every(10 * SECOND));
    await pass(time, 5 * SECOND);
    clock.move(MINUTE);
    await pass(time, 5 * SECOND);
    assertEquals(runs, [70 * SECOND]);
    assertEquals(notes(), []);
    await pass(time, 10 * SECOND);
    assertEquals(runs, [70 * SECOND, 80 * SECOND]);
    await manager.stop();
  });

  it("takes a time of a little more than a minute ago for missed", async () => {
    using time = new FakeTime(0);
    using clock = new SetClock();
    const { manager, runs } = await scheduled(time, every(10 * SECOND));
    clock.move(MINUTE + 1);
    await pass(time, 10 * SECOND);
    assertEquals(runs, []);
    await manager.stop();
  });

  it("goes on from then with times that follow each other", async () => {
    using time = new FakeTime(0);
    using clock = new SetClock();
    const { manager, runs } = await scheduled(
      time,
      (after) => new Date(after.getTime() + MINUTE),
    );
    clock.move(HOUR);
    await pass(time, NOTICED);
    await pass(time, MINUTE);
    assertEquals(runs, [HOUR + NOTICED + MINUTE]);
    await manager.stop();
  });

  it("skips or queues the run for them during another one", async () => {
    for (const [overlap, expected] of [["skip", 1], ["queue", 2]] as const) {
      using time = new FakeTime(0);
      using clock = new SetClock();
      const ends: (() => void)[] = [];
      const { manager, run, runs } = await scheduled(
        time,
        every(MINUTE),
        () => new Promise<void>((resolve) => ends.push(resolve)),
        { overlap, catchUp: "once" },
      );
      await pass(time, MINUTE);
      clock.move(HOUR);
      await pass(time, NOTICED);
      ends.shift()?.();
      await pass(time, 0);
      assertEquals(runs.length, expected);
      manager.stop();
      ends.shift()?.();
      assertEquals(await run, []);
    }
  });
});

describe("schedule() when the clock was put back", () => {
  it("by less than it has waited, waits for that much longer", async () => {
    using time = new FakeTime(0);
    using clock = new SetClock();
    const { manager, runs, notes } = await scheduled(time, every(HOUR));
    await pass(time, 40 * MINUTE);
    clock.move(-30 * MINUTE);
    await pass(time, 49 * MINUTE);
    assertEquals(runs, []);
    await pass(time, MINUTE);
    assertEquals([runs, notes()], [[HOUR], []]);
    await manager.stop();
  });

  it("by up to a minute before the last time, runs for none again", async () => {
    using time = new FakeTime(0);
    using clock = new SetClock();
    const { manager, runs, notes } = await scheduled(time, every(MINUTE));
    await pass(time, MINUTE);
    clock.move(-MINUTE);
    await pass(time, MINUTE);
    assertEquals(runs, [MINUTE]);
    await pass(time, MINUTE);
    assertEquals([runs, notes()], [[MINUTE, 2 * MINUTE], []]);
    await manager.stop();
  });

  it("by more, goes on from what it shows, and notes that", async () => {
    using time = new FakeTime(DAY);
    using clock = new SetClock();
    const { manager, runs, notes } = await scheduled(time, every(MINUTE));
    await pass(time, MINUTE);
    clock.move(-HOUR);
    await pass(time, NOTICED);
    assertEquals(notes(), [
      "goes on from 1970-01-01T23:01:30.000Z: the clock was put back",
    ]);
    await pass(time, NOTICED);
    assertEquals(runs, [DAY + MINUTE, DAY - HOUR + 2 * MINUTE]);
    await manager.stop();
  });

  it("while no time has come yet, goes on from what it shows, too", async () => {
    using time = new FakeTime(DAY);
    using clock = new SetClock();
    const { manager, runs } = await scheduled(time, every(HOUR));
    clock.move(-10 * HOUR);
    await pass(time, NOTICED);
    await pass(time, HOUR - NOTICED);
    assertEquals(runs, [DAY - 9 * HOUR]);
    await manager.stop();
  });
});

describe("schedule() waits", () => {
  it("for more than 25 days, in pieces", async () => {
    using time = new FakeTime(0);
    using timers = new CountedTimers();
    const { manager, runs } = await scheduled(time, every(40 * DAY));
    await pass(time, 40 * DAY - 1);
    assertEquals(runs, []);
    await pass(time, 1);
    assertEquals(runs, [40 * DAY]);
    assertEquals([timers.longest, timers.running], [NOTICED, 1]);
    await manager.stop();
  });

  it("as long for a time out of reach, and ends when it is told", async () => {
    using time = new FakeTime(0);
    const { manager, run, runs } = await scheduled(
      time,
      () => new Date(8.64e15),
    );
    await pass(time, DAY);
    await manager.stop();
    assertEquals([await run, runs], [[], []]);
  });

  it("again for a timer that comes early", async () => {
    using time = new FakeTime(0);
    using clock = new SetClock();
    const { manager, runs } = await scheduled(time, every(10 * SECOND));
    clock.move(-3);
    await pass(time, 10 * SECOND);
    assertEquals(runs, []);
    await pass(time, 3);
    assertEquals(runs, [10 * SECOND]);
    await pass(time, 10 * SECOND);
    assertEquals(runs, [10 * SECOND, 20 * SECOND]);
    await manager.stop();
  });

  it("with few timers, however long it is", async () => {
    using time = new FakeTime(0);
    using timers = new CountedTimers();
    const { manager } = await scheduled(time, every(DAY));
    await pass(time, HOUR);
    assert(timers.started <= HOUR / NOTICED + 1, `${timers.started} timers`);
    await manager.stop();
  });
});
