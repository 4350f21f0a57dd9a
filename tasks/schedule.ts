/**
 * A task that is executed at certain times, such as those of a cron pattern.
 *
 * @example With the pattern of a cron library
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { schedule } from "@goasync/core/tasks/schedule";
 * import { Cron } from "npm:croner@11.0.1";
 * import { assertEquals } from "@std/assert";
 *
 * const everySecond = new Cron("* * * * * *", { timezone: "Europe/Berlin" });
 * const manager = new TaskManager();
 * let sweeps = 0;
 * manager.addTask("sweeper", schedule((after) => everySecond.nextRun(after), () => {
 *   sweeps++;
 *   manager.stop();
 * }));
 * await manager.run();
 * assertEquals(sweeps, 1);
 * ```
 *
 * @module
 */

import { checkFunction } from "../src/arguments.ts";
import type { ExecuteFunction, ExecuteTask, Task } from "../mod.ts";
import { checkChoice } from "./_choice.ts";
import { Runs } from "./_runs.ts";
import { onErrorOf } from "./_swallow.ts";
import { nextTime, shownTime } from "./_times.ts";
import { isTold } from "./_told.ts";
import { untilClockShows } from "./_wall_clock.ts";
import { repeatedTaskOf, wrap } from "./_wrapped.ts";

/** How far from a time the clock may be found, in milliseconds. */
const TOLERANCE = 60_000;

/** How a {@linkcode schedule} task behaves. */
export interface ScheduleOptions {
  /**
   * What becomes of a time that comes during a run: `"skip"` drops it and notes
   * that, `"queue"` has each such time run later, one after another.
   *
   * @default {"skip"}
   */
  overlap?: "skip" | "queue" | undefined;
  /**
   * What becomes of the times that were missed, since the machine slept or the
   * clock was set forward: `"none"` drops them, `"once"` has the task run once
   * for all of them, as soon as that is found. Either way it is noted.
   *
   * @default {"none"}
   */
  catchUp?: "none" | "once" | undefined;
  /**
   * Is given everything a run throws, except its signal's reason or an
   * `AbortError` once the task was told to stop; and everything that is wrong
   * with what `next` does. What it throws itself, or rejects with, is ignored.
   *
   * @default {errors are only noted}
   */
  onError?: ((error: unknown) => unknown) | undefined;
}

/**
 * Executes a task at the times that a function tells, whatever it throws.
 *
 * The times are those of the wall clock, which is read at least every 30
 * seconds, since it can be set and timers stand still while a machine sleeps:
 * - A time that is found at most a minute late still has its run, and those that
 *   have passed with it have none of their own.
 * - One that is found later was missed, as were all up to now: see `catchUp`.
 * - If the clock was put back by more than a minute before the time that came
 *   last, it goes on from what the clock shows: times that it shows once more
 *   come once more.
 *
 * Never two runs at a time: see `overlap`. When it is told to stop, no other run
 * is begun, also none that is queued, and the run in progress is waited for; its
 * signal aborts meanwhile. To let it finish, within the `drainTimeout`, write
 * `graceful(schedule(…))`. Each error is noted. `initialize`, `drain` and
 * `cleanup` are passed through.
 *
 * If `next` throws, or returns what is no valid date or none that is later than
 * it was given, that is noted and handed to `onError`, and it is asked again
 * after a wait of 100 ms, doubling to 30 s, with jitter. When it returns `null`,
 * that is noted, and the task returns once its runs are over.
 *
 * @example The run in progress may finish
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { graceful } from "@goasync/core/tasks/graceful";
 * import { schedule } from "@goasync/core/tasks/schedule";
 * import { assertEquals } from "@std/assert";
 * import { delay } from "@std/async";
 *
 * const everyTenMs = (after: Date) => new Date(after.getTime() + 10);
 * const log: string[] = [];
 * const manager = new TaskManager({ drainTimeout: 5_000 });
 * manager.addTask("backup", graceful(schedule(everyTenMs, async ({ signal }) => {
 *   manager.stop();
 *   await delay(10, { signal });
 *   log.push("finished");
 * })));
 * await manager.run();
 * assertEquals(log, ["finished"]);
 * ```
 *
 * @example Times that end
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { schedule } from "@goasync/core/tasks/schedule";
 * import { assertEquals } from "@std/assert";
 *
 * const last = Date.now() + 20;
 * const everyTenMs = (after: Date) =>
 *   after.getTime() < last ? new Date(after.getTime() + 10) : null;
 * let runs = 0;
 * const manager = new TaskManager();
 * const task = schedule(everyTenMs, () => runs++);
 * manager.addTask("it", task, { type: "stop-group" });
 * await manager.run();
 * assertEquals(runs > 0, true);
 * ```
 *
 * @param next Is given a date, and returns the first time after it, or `null` if
 * there is none: `(after) => cron.nextRun(after)` with croner,
 * `(after) => CronExpressionParser.parse(text, { currentDate: after }).next().toDate()`
 * with cron-parser, `new Date(time.epochMilliseconds)` with Temporal. It is
 * given the time that came last, or now if that is long ago or there was none.
 * @param run The task, or a function that is its `execute`.
 * @param options How it behaves.
 * @returns A task to add to a manager: as `"strict"` if its times never end, so
 * that it is an error if they do; else as `"error"`, or as `"stop-group"` to
 * stop everything then.
 * @throws {TypeError} If `next` is no function; the task is a TaskManager, which
 * runs once, is neither a function nor has a method of a task, or one of them is
 * no function or a generator function; or the options are no object, or one of
 * them has none of its values.
 */
export function schedule(
  next: (after: Date) => Date | null,
  run: Task | ExecuteFunction,
  options: ScheduleOptions = {},
): Task & ExecuteTask {
  const action = "schedule a task";
  checkFunction(action, next, "next");
  const task = repeatedTaskOf("schedule", run);
  const onError = onErrorOf(action, options);
  const { overlap = "skip", catchUp = "none" } = options;
  checkChoice(action, overlap, "overlap", ["skip", "queue"]);
  checkChoice(action, catchUp, "catchUp", ["none", "once"]);
  return wrap(task, {
    async execute(context) {
      const runs = new Runs(context, { task, onError, overlap });
      let last = Date.now();
      while (!isTold(context)) {
        const due = await nextTime(next, last, context, onError);
        if (due === undefined) break;
        const now = await untilClockShows(due, last - TOLERANCE, context);
        if (isTold(context)) break;
        last = Math.min(now, due);
        if (now < due) {
          context.note(
            `goes on from ${shownTime(now)}: the clock was put back`,
          );
          continue;
        }
        const isMissed = now - due > TOLERANCE;
        if (isMissed) {
          context.note(`missed ${shownTime(due)}: it is ${shownTime(now)}`);
        }
        if (!isMissed || catchUp === "once") runs.begin(shownTime(due));
      }
      if (!isTold(context)) context.note("has no further time");
      await runs.ended;
    },
  });
}
