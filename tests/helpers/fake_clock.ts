import { FakeTime } from "@std/testing/time";

/** Fake time that `performance.now` keeps to, too. */
export class FakeClock extends FakeTime {
  readonly #real = performance.now;

  constructor() {
    super();
    performance.now = () => this.now;
  }

  override [Symbol.dispose](): void {
    performance.now = this.#real;
    super[Symbol.dispose]();
  }
}
