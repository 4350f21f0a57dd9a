import type { FakeTime } from "@std/testing/time";
import type { Scheduler } from "npm:fast-check@4";
import { type Gate, gate } from "../helpers/gate.ts";
import { TICK } from "./plan.ts";
import type { Moment } from "./played.ts";

/** The order, the turns and the time of what happens in a play. */
export class Course {
  readonly violations: string[] = [];
  /** Opens when whatever hangs for ever is to end. */
  readonly letGo: Gate = gate();
  readonly #time: FakeTime;
  readonly #scheduler: Scheduler;
  readonly #start: number;
  readonly #later = new Map<number, (() => void)[]>();
  #order = 0;
  #turn = 0;
  #tick = 0;

  constructor(time: FakeTime, scheduler: Scheduler) {
    this.#time = time;
    this.#scheduler = scheduler;
    this.#start = time.now;
  }

  get tick(): number {
    return this.#tick;
  }

  /** Whether a timer is left. */
  get hasTimers(): boolean {
    return this.#time.next();
  }

  now(): Moment {
    const time = this.#time.now - this.#start;
    return { order: this.#order++, turn: this.#turn, time };
  }

  /** Notes what is wrong, if it is. */
  expect(isSo: boolean, what: string): void {
    if (!isSo) this.violations.push(what);
  }

  /** Acts when so many ticks have passed. */
  after(ticks: number, act: () => void): void {
    const tick = this.#tick + ticks;
    const acts = this.#later.get(tick);
    if (acts) acts.push(act);
    else this.#later.set(tick, [act]);
  }

  /** Resolves when the scheduler likes, before the next tick. */
  soon(label: string): Promise<unknown> {
    return this.#scheduler.schedule(Promise.resolve(), label);
  }

  /** Waits until a turn is over, and then looks at everyone. */
  async rest(look: () => void): Promise<void> {
    await this.#time.runMicrotasks();
    look();
    this.#turn++;
  }

  /** Lets everything happen that is to happen at this tick, and one tick pass. */
  async goOn(look: () => void): Promise<void> {
    for (const act of this.#later.get(this.#tick) ?? []) act();
    await this.#settleAll(look);
    this.#time.tick(TICK);
    await this.rest(look);
    this.#tick++;
  }

  /** Lets everything happen that was to happen later. */
  async end(look: () => void): Promise<void> {
    for (const [tick, acts] of this.#later) {
      if (tick >= this.#tick) acts.forEach((act) => act());
    }
    await this.#settleAll(look);
  }

  /** Settles what has to be settled now, in the order the scheduler likes. */
  async #settleAll(look: () => void): Promise<void> {
    while (this.#scheduler.count() > 0) {
      await this.#scheduler.waitNext(1);
      await this.rest(look);
    }
  }
}
