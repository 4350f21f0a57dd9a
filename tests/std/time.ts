/** `FakeTime` of @std/testing/time, over Sinon's fake timers. */
import { install } from "npm:@sinonjs/fake-timers@15.5.0";

const { setTimeout: realSetTimeout } = globalThis;
const realTimeout = AbortSignal.timeout;

let faking = false;

export class TimeError extends Error {
  override readonly name = "TimeError";
}

export class FakeTime {
  readonly start: number;
  readonly #clock: ReturnType<typeof install>;

  constructor(start?: number | string | Date | null) {
    if (faking) {
      throw new TimeError("Cannot create a FakeTime as time is faked already");
    }
    this.start = new Date(start ?? Date.now()).valueOf();
    this.#clock = install({
      now: this.start,
      toFake: [
        "Date",
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
      ],
    });
    AbortSignal.timeout = fakeTimeout;
    faking = true;
  }

  get now(): number {
    return this.#clock.now;
  }

  set now(value: number) {
    if (value < this.now) {
      throw new RangeError(
        `Cannot set the time as it must be at least ${this.now}: current value is ${value}`,
      );
    }
    this.#clock.tick(value - this.now);
  }

  tick(ms = 0): void {
    this.now += ms;
  }

  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  next(): boolean {
    if (this.#clock.countTimers() === 0) return false;
    this.#clock.next();
    this.tick();
    return true;
  }

  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  async runMicrotasks(): Promise<void> {
    await new Promise((resolve) => realSetTimeout(resolve, 0));
  }

  restore(): void {
    if (!faking) throw new TimeError("Cannot restore time as it is not faked");
    faking = false;
    AbortSignal.timeout = realTimeout;
    this.#clock.uninstall();
  }

  [Symbol.dispose](): void {
    this.restore();
  }
}

function fakeTimeout(ms: number): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort(new DOMException("Signal timed out.", "TimeoutError"));
  }, ms);
  return controller.signal;
}
