import { fakeDate } from "../std/fake_date.ts";
import { replaceGlobal } from "./replaced_global.ts";

/** Both clocks, which stand still until a test moves them on by hand. */
export class MovedClocks {
  readonly #replaced: Disposable;
  readonly #now = performance.now;
  #ahead = 0;

  constructor() {
    // In whole milliseconds, so that sums of them are not rounded.
    const [wall, steady] = [Date.now(), Math.floor(performance.now())];
    this.#replaced = replaceGlobal("Date", fakeDate(() => wall + this.#ahead));
    performance.now = () => steady + this.#ahead;
  }

  /** Lets that many milliseconds pass for whoever looks at a clock. */
  pass(ms: number): void {
    this.#ahead += ms;
  }

  [Symbol.dispose](): void {
    performance.now = this.#now;
    this.#replaced[Symbol.dispose]();
  }
}
