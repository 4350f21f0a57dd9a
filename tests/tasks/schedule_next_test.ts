import { assertEquals, assertInstanceOf } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { CountedTimers } from "../helpers/counted_timers.ts";
import { pass } from "../helpers/pass.ts";
import { passInSteps } from "../helpers/pass_in_steps.ts";
import { every, scheduled } from "../helpers/scheduled.ts";

const AS = "Cannot schedule task \"it\" as 'next' must return ";

/** What a function that tells the times must not do. */
const WRONG: readonly {
  readonly what: string;
  readonly next: (after: Date) => unknown;
  readonly error: new () => Error;
  readonly message: string;
}[] = [
  {
    what: "throws",
    next: () => {
      throw new SyntaxError("no pattern");
    },
    error: SyntaxError,
    message: "no pattern",
  },
  {
    what: "returns an invalid date",
    next: () => new Date(NaN),
    error: RangeError,
    message: AS + 'a valid Date or null: current value is "Invalid Date"',
  },
  {
    what: "returns a date in the past",
    next: () => new Date(-5),
    error: RangeError,
    message: AS +
      'a date after 1970-01-01T00:00:00.000Z: current value is "1969-12-31T23:59:59.995Z"',
  },
  {
    what: "returns the same date again",
    next: (after) => after,
    error: RangeError,
    message: AS +
      'a date after 1970-01-01T00:00:00.000Z: current value is "1970-01-01T00:00:00.000Z"',
  },
  {
    what: "returns nothing",
    next: () => {},
    error: TypeError,
    message: AS + "a Date or null: current value is undefined",
  },
  {
    what: "returns a number",
    next: () => 5,
    error: TypeError,
    message: AS + "a Date or null: current value is 5 (number)",
  },
  {
    what: "returns a promise",
    next: () => Promise.resolve(new Date()),
    error: TypeError,
    message: AS + "a Date or null: current value is an instance of Promise",
  },
];

describe("schedule() when the function that tells the times", () => {
  for (const { what, next, error, message } of WRONG) {
    it(`${what}, notes it, hands it on, and asks again after a while`, async () => {
      using time = new FakeTime(0);
      const errors: unknown[] = [];
      let asked = 0;
      let isWrong = true;
      const { manager, run, runs, notes } = await scheduled(
        time,
        (after) => {
          asked++;
          return (isWrong ? next(after) : every(10_000)(after)) as Date;
        },
        () => {},
        { onError: (error) => errors.push(error) },
      );
      assertEquals(asked, 1);
      assertInstanceOf(errors[0], error);
      assertEquals(errors.map((each) => Object(each).message), [message]);
      assertEquals(notes(), [`cannot tell the next time: ${message}`]);
      await pass(time, 49);
      assertEquals(asked, 1);
      await pass(time, 51);
      assertEquals(asked, 2);
      isWrong = false;
      await pass(time, 200);
      assertEquals(asked, 3);
      await pass(time, 9_700);
      assertEquals(runs, [10_000]);
      await manager.stop();
      assertEquals(await run, []);
    });

    it(`${what} for ever, asks seldom`, async () => {
      using time = new FakeTime(0);
      let asked = 0;
      const { manager, run } = await scheduled(time, (after) => {
        asked++;
        return next(after) as Date;
      });
      await passInSteps(time, 10_000, 100);
      assertEquals(asked > 5 && asked <= 20, true, `${asked} times`);
      await manager.stop();
      assertEquals(await run, []);
    });
  }

  it("is wrong after a run, waits for the run in progress at the stop", async () => {
    using time = new FakeTime(0);
    using timers = new CountedTimers();
    const { manager, run, runs, notes } = await scheduled(
      time,
      () => new Date(10),
      ({ done }) => done,
    );
    await pass(time, 10);
    assertEquals(notes().length, 1);
    assertEquals([runs, timers.running], [[10], 1]);
    await manager.stop();
    assertEquals([await run, timers.running], [[], 0]);
  });

  it("throws what onError throws on, goes on", async () => {
    using time = new FakeTime(0);
    let asked = 0;
    const { manager, run } = await scheduled(
      time,
      () => {
        asked++;
        throw new Error("no pattern");
      },
      () => {},
      {
        onError(error) {
          throw error;
        },
      },
    );
    await pass(time, 100);
    assertEquals(asked, 2);
    await manager.stop();
    assertEquals(await run, []);
  });

  it("throws an AbortError before the stop, takes that for an error, too", async () => {
    using time = new FakeTime(0);
    const { manager, notes } = await scheduled(time, () => {
      throw new DOMException("The fetch was aborted", "AbortError");
    });
    assertEquals(notes(), ["cannot tell the next time: The fetch was aborted"]);
    await manager.stop();
  });

  it("stops its manager as it fails, ends at once", async () => {
    using time = new FakeTime(0);
    let asked = 0;
    const { manager, run } = await scheduled(time, (after) => {
      if (asked++ > 0) {
        manager.stop();
        throw new Error("no pattern");
      }
      return every(10)(after);
    });
    await pass(time, 10);
    assertEquals([await run, asked], [[], 2]);
  });

  it("returns a date of another realm, takes it", async () => {
    using time = new FakeTime(0);
    const foreign = { getTime: () => 10 };
    const { manager, runs } = await scheduled(
      time,
      (after) => after.getTime() < 10 ? foreign as Date : null,
    );
    await pass(time, 10);
    assertEquals(runs, [10]);
    await manager.stop();
  });
});
