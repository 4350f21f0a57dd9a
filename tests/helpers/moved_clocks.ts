import { SetClock } from "./set_clock.ts";

/** Both clocks, which a test moves on by hand. */
export class MovedClocks {
  readonly #wall = new SetClock();
  readonly #now = performance.now;
  #ahead = 0;

  constructor() {
    performance.now = () => this.#now.call(performance) + this.#ahead;
  }

  /** Lets that many milliseconds pass for whoever looks at a clock. */
  pass(ms: number): void {
    this.#ahead += ms;
    this.#wall.move(ms);
  }

  [Symbol.dispose](): void {
    performance.now = this.#now;
    this.#wall[Symbol.dispose]();
  }
}
