import type { ManagerEvent } from "../events.ts";
import type { ObservedManager } from "../manager_types.ts";
import type { Report } from "../report_types.ts";
import type { Failure, Failures } from "./failures.ts";
import { Within } from "./within.ts";

/** All that a page shows. */
export interface Story {
  readonly goasync: "story 1";
  /** When it was told, in milliseconds since the epoch. */
  readonly at: number;
  readonly report: Report;
  readonly failures: readonly Failure[];
  /** How many failures there were after those. */
  readonly moreFailures: number;
  /** Whether the page can stop and cancel. */
  readonly control: boolean;
}

/** How long reports beside those that are sent may take: so much at once, in milliseconds. */
const AT_ONCE = 50;

/** And so much of the time. */
const SHARE = 1 / 20;

/** What a manager does, and those within it, from when it is looked at. */
export class Storyteller {
  readonly #manager: ObservedManager;
  readonly #control: boolean;
  readonly #failures: Failures;
  readonly #changed: (event: ManagerEvent) => void;
  readonly #within = new Within();
  #unsubscribe: (() => void) | undefined;
  /** When all that reports beside those took is made up for. */
  #paidAt = 0;

  constructor(
    manager: ObservedManager,
    control: boolean,
    failures: Failures,
    changed: (event: ManagerEvent) => void,
  ) {
    this.#manager = manager;
    this.#control = control;
    this.#failures = failures;
    this.#changed = changed;
  }

  /** Listens from now on, as somebody looks. */
  begin(): void {
    this.#unsubscribe = this.#manager.subscribe((event) => {
      this.#failures.hear(event);
      if (isLateWithin(event)) this.#lookWithin();
      this.#changed(event);
    });
  }

  /** Listens no more, as nobody looks. */
  end(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  /** What there is to tell now. */
  tell(): Story {
    return {
      goasync: "story 1",
      at: Date.now(),
      report: this.#within.addTo(this.#manager.report()),
      failures: [...this.#failures.kept],
      moreFailures: this.#failures.more,
      control: this.#control,
    };
  }

  /** Sees a manager within before it is gone, unless that takes too long. */
  #lookWithin(): void {
    const start = performance.now();
    if (this.#paidAt - start > AT_ONCE / SHARE) return;
    this.#within.addTo(this.#manager.report());
    const took = performance.now() - start;
    this.#paidAt = Math.max(this.#paidAt, start) + took / SHARE;
  }
}

/** Whether a stage has ended that may be the last one of a manager within. */
function isLateWithin({ type, path }: ManagerEvent): boolean {
  return type === "stage-end" && path.length > 1;
}
