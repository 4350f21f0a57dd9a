import { startTimer } from "../src/timers.ts";
import type { TaskContext } from "../mod.ts";
import { pause, unlessTold } from "./_told.ts";

/**
 * Ticks at a fixed rate as Go's ticker does: at multiples of the period from
 * the start on. A tick that is due while nobody waits is kept, further ones are
 * dropped.
 */
export class Ticker {
  readonly #period: number;
  #due = wholeMilliseconds();
  #ahead = 0;
  #hasTicked = false;
  #tick = Promise.resolve();

  constructor(period: number) {
    this.#period = period;
  }

  /**
   * Starts the timer of the next tick. It is started before the run that comes
   * before that tick, as only timers know how long a run takes under fake time.
   */
  start(context: TaskContext): void {
    this.#due += this.#period;
    this.#hasTicked = false;
    const ms = Math.max(0, Math.ceil(this.#due - this.#now()));
    this.#tick = unlessTold(context, (callback) =>
      startTimer(ms, () => {
        this.#catchUp();
        this.#hasTicked = true;
        callback();
      }));
  }

  /** Resolves at the next tick, or as soon as the task is told to stop. */
  async next(context: TaskContext): Promise<void> {
    const late = this.#now() - this.#due;
    if (late > 0) this.#due += late - (late % this.#period || 0);
    if (!this.#hasTicked) return await this.#tick;
    // It was kept: the next run begins in a turn of its own.
    await pause(context, 0);
  }

  #now(): number {
    return wholeMilliseconds() + this.#ahead;
  }

  /**
   * A real timer comes at most a millisecond early, which changes nothing, as
   * the next tick is counted from when this one was due. One that comes earlier
   * runs on another clock, as under fake time: the tick it brings counts.
   */
  #catchUp(): void {
    const early = this.#due - this.#now();
    if (early > Math.min(1, this.#period / 2)) this.#ahead += early;
  }
}

function wholeMilliseconds(): number {
  return Math.floor(performance.now());
}
