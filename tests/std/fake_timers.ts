type Callback = (...args: unknown[]) => unknown;

interface Timer {
  readonly id: number;
  readonly due: number;
  /** How long until it comes again, if it does. */
  readonly period: number | undefined;
  readonly call: () => void;
}

/** Timers that come as soon as their clock is moved on to when they are due. */
export class FakeTimers {
  now: number;
  #lastId = 0;
  #isPassing = false;
  /** In the order in which they come. */
  readonly #timers: Timer[] = [];

  constructor(now: number) {
    this.now = now;
  }

  /** When the next one is due. */
  get nextDue(): number | undefined {
    return this.#timers[0]?.due;
  }

  /** Calls back after that many milliseconds. */
  setTimeout(callback: Callback, ms: number, args: unknown[]): number {
    return this.#set(callback, Math.max(0, Math.floor(ms)), args, false);
  }

  /** Calls back again and again, as an interval of 0 would never let go. */
  setInterval(callback: Callback, ms: number, args: unknown[]): number {
    return this.#set(callback, Math.max(1, Math.floor(ms)), args, true);
  }

  clear(id: unknown): void {
    const index = this.#timers.findIndex((timer) => timer.id === id);
    if (index !== -1) this.#timers.splice(index, 1);
  }

  /**
   * Moves the clock on. Each callback sees the time at which it is due, and one
   * that throws stops the clock there. None may move the clock on itself: the
   * original may lose timers then, so no test must rely on it.
   */
  passUntil(time: number): void {
    if (this.#isPassing) {
      throw new Error("Cannot let fake time pass while a timer calls back");
    }
    this.#isPassing = true;
    try {
      let timer;
      while ((timer = this.#timers[0]) && timer.due <= time) this.#call(timer);
      this.now = time;
    } finally {
      this.#isPassing = false;
    }
  }

  #call(timer: Timer): void {
    const { due, period, call } = timer;
    this.now = due;
    this.#timers.shift();
    // Before it is called, so that it can clear itself.
    if (period) this.#insert({ ...timer, due: due + period });
    call();
  }

  #set(
    callback: Callback,
    ms: number,
    args: unknown[],
    repeats: boolean,
  ): number {
    const id = ++this.#lastId;
    const due = this.now + ms;
    const call = () => void callback.apply(null, args);
    this.#insert({ id, due, period: repeats ? ms : undefined, call });
    return id;
  }

  /** Of those that are due together, the one that was set first comes first. */
  #insert(timer: Timer): void {
    const before = this.#timers.findLastIndex(({ due }) => due <= timer.due);
    this.#timers.splice(before + 1, 0, timer);
  }
}
