/** `FakeTime` of @std/testing/time, as far as the tests use it. */
import { fakeDate } from "./fake_date.ts";
import { FakeTimers } from "./fake_timers.ts";
import {
  type FakedGlobals,
  fakeGlobals,
  restoreGlobals,
} from "./faked_globals.ts";

type Callback = (...args: unknown[]) => unknown;

/** As it was when this was loaded. */
const RealDate = Date;

/** The timers of the one time that is faked now. */
let faked: FakeTimers | undefined;

export class TimeError extends Error {
  override readonly name = "TimeError";
}

export class FakeTime {
  readonly start: number;
  readonly #timers: FakeTimers;

  constructor(start?: number | string | Date | null) {
    if (faked) throw new TimeError("Cannot fake time that is faked already");
    this.start = typeof start === "number"
      ? Math.floor(start)
      : new Date(start ?? Date.now()).valueOf();
    if (Number.isNaN(this.start)) {
      throw new TypeError(`Cannot start a FakeTime at ${start}`);
    }
    faked = this.#timers = new FakeTimers(this.start);
    fake();
  }

  get now(): number {
    return this.#timers.now;
  }

  set now(value: number) {
    if (value < this.now) {
      throw new RangeError(
        `Cannot set the time as it must be at least ${this.now}: current value is ${value}`,
      );
    }
    this.#timers.passUntil(value);
  }

  /** Calls whoever is due until then; microtasks come when all that is over. */
  tick(ms = 0): void {
    this.now += ms;
  }

  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves on to when the next timer is due, and calls all that are due then. */
  next(): boolean {
    const { nextDue } = this.#timers;
    if (nextDue === undefined) return false;
    this.now = nextDue;
    return true;
  }

  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Waits in real time, and sets all fakes anew. */
  async delay(ms: number): Promise<void> {
    if (!faked) throw new TimeError("Cannot wait as time is not faked");
    await new Promise((resolve) => {
      restoreGlobals();
      setTimeout(resolve, ms);
      fake();
    });
  }

  restore(): void {
    if (!faked) throw new TimeError("Cannot restore time as it is not faked");
    faked = undefined;
    restoreGlobals();
  }

  [Symbol.dispose](): void {
    this.restore();
  }
}

// The fakes are the same for every FakeTime, and who has kept one of them is
// told when no time is faked.

const fakes: FakedGlobals = {
  Date: fakeDate(() => faked ? faked.now : RealDate.now()),
  setTimeout: (callback: Callback, ms = 0, ...args: unknown[]) =>
    timersFor(callback).setTimeout(callback, ms, args),
  setInterval: (callback: Callback, ms = 0, ...args: unknown[]) =>
    timersFor(callback).setInterval(callback, ms, args),
  clearTimeout: (id?: unknown) => timers().clear(id),
  clearInterval: (id?: unknown) => timers().clear(id),
};

function fake(): void {
  fakeGlobals(fakes, abortAfter);
}

function timers(): FakeTimers {
  if (faked) return faked;
  throw new TimeError("Cannot use a fake timer as time is not faked");
}

function timersFor(callback: unknown): FakeTimers {
  if (typeof callback === "function") return timers();
  throw new TimeError("Cannot set a fake timer without a function");
}

function abortAfter(ms: number): AbortSignal {
  const controller = new AbortController();
  const abort = () =>
    controller.abort(new DOMException("Signal timed out.", "TimeoutError"));
  timers().setTimeout(abort, ms, []);
  return controller.signal;
}
