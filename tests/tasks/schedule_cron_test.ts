import { Cron } from "npm:croner@11.0.1";
import { CronExpressionParser } from "npm:cron-parser@5.10.6";
import { type TaskContext, TaskManager } from "@goasync/core";
import { graceful, schedule } from "@goasync/core/tasks";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { gate } from "../helpers/gate.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";
import { scheduled } from "../helpers/scheduled.ts";
import { SetClock } from "../helpers/set_clock.ts";

const HALF_A_SECOND = 500;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BERLIN = "Europe/Berlin";

const LIBRARIES: readonly {
  readonly name: string;
  /** The function that tells the times of a pattern. */
  readonly timesOf: (
    pattern: string,
    timezone: string,
  ) => (after: Date) => Date | null;
}[] = [
  {
    name: "croner",
    timesOf(pattern, timezone) {
      const cron = new Cron(pattern, { timezone });
      return (after) => cron.nextRun(after);
    },
  },
  {
    name: "cron-parser",
    timesOf: (pattern, tz) => (currentDate) =>
      CronExpressionParser.parse(pattern, { currentDate, tz }).next().toDate(),
  },
];

/** Lets hours pass, and says in which runs have begun. */
async function runsIn(
  start: string,
  hours: number,
  next: (after: Date) => Date | null,
): Promise<string[]> {
  using time = new FakeTime(start);
  const { manager, runs } = await scheduled(time, next);
  await pass(time, HALF_A_SECOND);
  await passInSteps(time, hours * HOUR, 30 * MINUTE);
  await manager.stop();
  return runs.map((ms) => new Date(ms).toISOString());
}

for (const { name, timesOf } of LIBRARIES) {
  describe(`schedule() with ${name}`, () => {
    it("runs at every full hour", async () => {
      const next = timesOf("0 * * * *", "UTC");
      assertEquals(await runsIn("2026-05-01T08:29:59.500Z", 3, next), [
        "2026-05-01T09:00:00.000Z",
        "2026-05-01T10:00:00.000Z",
        "2026-05-01T11:00:00.000Z",
      ]);
    });

    it("runs every second", async () => {
      using time = new FakeTime("2026-05-01T08:30:00.250Z");
      const { manager, runs } = await scheduled(
        time,
        timesOf("* * * * * *", "UTC"),
      );
      await passInSteps(time, 3_000, 250);
      assertEquals(runs.map((ms) => ms - time.start), [750, 1_750, 2_750]);
      await manager.stop();
    });

    it("runs at the hour of a place where the clocks change", async () => {
      const next = timesOf("30 4 * * *", BERLIN);
      assertEquals(await runsIn("2026-03-27T23:59:59.500Z", 48, next), [
        "2026-03-28T03:30:00.000Z",
        "2026-03-29T02:30:00.000Z",
      ]);
      assertEquals(await runsIn("2026-10-23T23:59:59.500Z", 48, next), [
        "2026-10-24T02:30:00.000Z",
        "2026-10-25T03:30:00.000Z",
      ]);
    });

    it("runs on a day in more than 25 days", async () => {
      using time = new FakeTime("2026-03-02T00:00:00Z");
      const { manager, runs } = await scheduled(
        time,
        timesOf("0 12 1 4 *", "UTC"),
      );
      await pass(time, 30.5 * 24 * HOUR);
      assertEquals(runs, [Date.parse("2026-04-01T12:00:00Z")]);
      await manager.stop();
    });

    for (const [catchUp, runsAtOnce] of [["none", 0], ["once", 1]] as const) {
      it(`goes on after a night of sleep, with "${catchUp}"`, async () => {
        using time = new FakeTime("2026-05-01T22:00:00Z");
        using clock = new SetClock();
        const { manager, runs } = await scheduled(
          time,
          timesOf("0 2 * * *", "UTC"),
          () => {},
          { catchUp },
        );
        clock.move(9 * HOUR);
        await pass(time, MINUTE);
        assertEquals(runs.length, runsAtOnce);
        await pass(time, 19 * HOUR - MINUTE);
        assertEquals(runs.length, runsAtOnce + 1);
        assertEquals(runs.at(-1), Date.parse("2026-05-03T02:00:00Z"));
        await manager.stop();
      });
    }
  });
}

describe("schedule() with croner", () => {
  it("is the cron job of a service in two lines: no sweep is cut off", async () => {
    using time = new FakeTime("2026-05-01T00:00:00Z");
    const log: string[] = [];
    const swept = gate();
    const manager = new TaskManager({ drainTimeout: 10_000 });
    manager.addTask("database", {
      cleanup: () => void log.push("database is closed"),
    });
    async function sweep({ signal }: TaskContext) {
      log.push("sweeps");
      await swept.reached;
      log.push(signal.aborted ? "was cut off" : "has swept");
      throw new Error("no rows");
    }

    const everyMinute = new Cron("* * * * *", { timezone: "UTC" });
    manager.addTask(
      "sweeper",
      graceful(
        schedule((after) => everyMinute.nextRun(after), sweep, {
          onError: (error) => log.push(String(error)),
        }),
      ),
    );

    const run = manager.runSettled();
    await pass(time, 0);
    await pass(time, MINUTE);
    manager.stop();
    await pass(time, 10);
    swept.open();
    assertEquals(await run, []);
    assertEquals(log, [
      "sweeps",
      "has swept",
      "Error: no rows",
      "database is closed",
    ]);
  });

  it("returns when its pattern has no further time", async () => {
    using time = new FakeTime("2026-05-01T00:00:00Z");
    const cron = new Cron("2026-05-01T01:00:00", { timezone: "UTC" });
    const { run, runs, notes } = await scheduled(
      time,
      (after) => cron.nextRun(after),
    );
    await pass(time, HOUR);
    const [error] = await run;
    assertEquals(error?.code, "UNEXPECTED_STOP"); // As a strict task.
    assertEquals(runs.length, 1);
    assertEquals(notes(), ["has no further time"]);
  });

  it("notes that a pattern was given without its object", async () => {
    using time = new FakeTime("2026-05-01T00:00:00Z");
    const { nextRun } = new Cron("* * * * *");
    const { manager, runs, notes } = await scheduled(time, nextRun);
    await pass(time, MINUTE);
    assertEquals(runs, []);
    assertEquals(notes()[0]?.startsWith("cannot tell the next time: "), true);
    await manager.stop();
  });
});
