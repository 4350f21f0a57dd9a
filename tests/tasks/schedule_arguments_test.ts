import { TaskManager } from "@goasync/core";
import { schedule } from "@goasync/core/tasks";
import {
  schedule as scheduleAlone,
  type ScheduleOptions,
} from "@goasync/core/tasks/schedule";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const never = () => null;
const nothing = () => {};

describe("schedule() throws TypeError", () => {
  it("for times that no function tells", () => {
    for (const next of ["* * * * *", new Date(), null, undefined, {}]) {
      assertThrows(
        // @ts-expect-error: it must be a function.
        () => schedule(next, nothing),
        TypeError,
        "Cannot schedule a task as 'next' must be a function",
      );
    }
  });

  it("for what is no task, and for a TaskManager", () => {
    assertThrows(() => schedule(never, {}), TypeError, "'execute'");
    assertThrows(
      // @ts-expect-error: the task is missing.
      () => schedule(never),
      TypeError,
      "Cannot schedule a task as it must have",
    );
    assertThrows(
      () => schedule(never, new TaskManager()),
      TypeError,
      "Cannot schedule a TaskManager as it runs once",
    );
    assertThrows(
      () => schedule(never, function* () {}),
      TypeError,
      "generator",
    );
  });

  it("for options that are none, or have other values", () => {
    assertThrows(
      // @ts-expect-error: it must be an object.
      () => schedule(never, nothing, "queue"),
      TypeError,
      "Cannot schedule a task as the options must be an object",
    );
    assertThrows(
      // @ts-expect-error: it must be a function.
      () => schedule(never, nothing, { onError: true }),
      TypeError,
      "'onError' must be a function",
    );
    assertThrows(
      // @ts-expect-error: it must be "skip" or "queue".
      () => schedule(never, nothing, { overlap: "allow" }),
      TypeError,
      'Cannot schedule a task as \'overlap\' must be "skip" or "queue": current value is "allow"',
    );
    assertThrows(
      // @ts-expect-error: it must be "none" or "once".
      () => schedule(never, nothing, { catchUp: "all" }),
      TypeError,
      'Cannot schedule a task as \'catchUp\' must be "none" or "once": current value is "all"',
    );
  });
});

describe("schedule() is typed", () => {
  it("so that its times are dates", () => {
    // @ts-expect-error: a number is no date.
    schedule(() => 5, nothing);
    // @ts-expect-error: a promise is no date.
    schedule(() => Promise.resolve(new Date()), nothing);
    // @ts-expect-error: undefined is no date.
    schedule(() => undefined, nothing);
    schedule((after: Date): Date | null => after, nothing);
  });

  it("so that options that it has not are mistakes", () => {
    // @ts-expect-error: there is no such option.
    const options: ScheduleOptions = { timezone: "Europe/Berlin" };
    schedule(never, nothing, options);
    schedule(never, nothing, {
      overlap: undefined,
      catchUp: undefined,
      onError: undefined,
    });
  });

  it("and is the same by either entry", () => {
    assertEquals(scheduleAlone, schedule);
  });
});
