import type { TaskContext } from "../mod.ts";
import { startTimer } from "../src/timers.ts";
import { unlessTold } from "./_told.ts";

/** How long it may take to notice that the clock was set, in milliseconds. */
const LOOK_AGAIN = 30_000;

/**
 * Waits until the clock shows a time, is found to be put back before another
 * one, or a task is told to stop.
 *
 * Timers neither follow a clock that is set nor go on while a machine sleeps;
 * hence a look at the clock now and then.
 *
 * @returns What the clock showed then.
 */
export async function untilClockShows(
  due: number,
  earliest: number,
  context: TaskContext,
): Promise<number> {
  let now = Date.now();
  await unlessTold(context, (callback) => {
    let stop: () => void;
    const wait = () => {
      const ms = Math.min(Math.max(0, due - now), LOOK_AGAIN);
      stop = startTimer(ms, () => {
        // In the timer itself, as a fake clock may move on before a promise does.
        now = Date.now();
        if (now >= due || now < earliest) callback();
        else wait();
      });
    };
    wait();
    return () => stop();
  });
  return now;
}
