import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers";

/** A process with clocks of its own. */
export interface Machine {
  /** How fast its clocks run, where 1 is that of the lock server. */
  readonly rate: number;
  /** What its clocks began with. */
  readonly offset: number;
  isDead: boolean;
  /** Until when it is frozen, in true time. */
  frozenUntil: number;
  /** For how long it has slept, in which `performance.now` stands still. */
  slept: number;
}

interface Event {
  readonly at: number;
  readonly order: number;
  readonly machine: Machine | undefined;
  readonly callback: () => void;
}

/** Virtual time in which each machine has clocks and timers of its own. */
export class World implements Disposable {
  now = 0;
  readonly #storage = new AsyncLocalStorage<Machine>();
  readonly #events = new Map<number, Event>();
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    dateNow: Date.now,
    performanceNow: performance.now,
  };
  #order = 0;

  constructor() {
    const here = () => this.#storage.getStore();
    const wall = () => {
      const machine = here();
      return machine ? this.now * machine.rate + machine.offset : this.now;
    };
    Date.now = () => Math.floor(wall());
    performance.now = () => wall() - (here()?.slept ?? 0);
    const set = (
      callback: (...args: unknown[]) => void,
      ms = 0,
      ...args: unknown[]
    ) => {
      const machine = here();
      const rate = machine?.rate ?? 1;
      return this.at(
        this.now + Math.max(1, ms) / rate,
        () => callback(...args),
        machine,
      );
    };
    Object.assign(globalThis, {
      setTimeout: set,
      clearTimeout: (order: number) => void this.#events.delete(order),
    });
  }

  /** Runs something on a machine. */
  on<Value>(machine: Machine, run: () => Value): Value {
    return this.#storage.run(machine, run);
  }

  /** Calls back at a time, on the machine if it lives then. */
  at(at: number, callback: () => void, machine?: Machine): number {
    const order = ++this.#order;
    this.#events.set(order, { at, order, machine, callback });
    return order;
  }

  /** Lets time pass until then. */
  async passUntil(end: number): Promise<void> {
    while (true) {
      let next: Event | undefined;
      for (const each of this.#events.values()) {
        if (!next || isBefore(each, next)) next = each;
      }
      if (!next || timeOf(next) > end) break;
      this.#events.delete(next.order);
      this.now = Math.max(this.now, timeOf(next));
      await this.#happen(next);
    }
    this.now = end;
  }

  async #happen({ machine, callback }: Event): Promise<void> {
    if (machine?.isDead) return;
    if (machine) this.on(machine, callback);
    else callback();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }

  [Symbol.dispose](): void {
    const { setTimeout, clearTimeout, dateNow, performanceNow } = this.#real;
    Object.assign(globalThis, { setTimeout, clearTimeout });
    Date.now = dateNow;
    performance.now = performanceNow;
  }
}

/** When it happens: what a machine has missed, as soon as it goes on. */
function timeOf({ at, machine }: Event): number {
  return Math.max(at, machine?.frozenUntil ?? 0);
}

/** What a machine has missed happens in the order in which it was due. */
function isBefore(one: Event, other: Event): boolean {
  const [time, otherTime] = [timeOf(one), timeOf(other)];
  return time < otherTime || time === otherTime && one.at < other.at;
}
