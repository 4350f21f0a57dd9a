/** `FakeTime` of @std/testing/time, over Sinon's fake timers. */
import { install } from "@sinonjs/fake-timers";

export class FakeTime {
  #clock;
  constructor(start: number | Date = Date.now()) {
    this.#clock = install({
      now: start,
      toFake: [
        "Date",
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
      ],
    });
  }
  get now(): number {
    return this.#clock.now;
  }
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }
  async tickAsync(ms = 0): Promise<void> {
    await this.#clock.tickAsync(ms);
  }
  async runMicrotasks(): Promise<void> {
    await this.#clock.tickAsync(0);
  }
  restore(): void {
    this.#clock.uninstall();
  }
  [Symbol.dispose](): void {
    this.restore();
  }
}
