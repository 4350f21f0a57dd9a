import { fakeDate } from "../std/fake_date.ts";
import { replaceGlobal } from "./replaced_global.ts";

/**
 * A clock that a test sets by hand, which no timer notices; as after a machine
 * has slept, or when its clock is corrected.
 */
export class SetClock {
  readonly #replaced: Disposable;
  #ahead = 0;

  constructor() {
    const { Date } = globalThis;
    this.#replaced = replaceGlobal(
      "Date",
      fakeDate(() => Date.now() + this.#ahead),
    );
  }

  /** Sets it forward by that many milliseconds, or back. */
  move(ms: number): void {
    this.#ahead += ms;
  }

  [Symbol.dispose](): void {
    this.#replaced[Symbol.dispose]();
  }
}
