import type { TaskContext } from "../mod.ts";
import { messageOf } from "../src/messages.ts";
import { startTimer } from "../src/timers.ts";
import type { Backoff } from "./_backoff.ts";
import type { Intensity } from "./_intensity.ts";
import { callSafely } from "./_swallow.ts";
import { pause } from "./_told.ts";
import { Yielder } from "./_yielder.ts";

/** What is told of a restart, before what ended is cleaned up. */
export interface Restart {
  /** The name of the task. */
  readonly name: string;
  /** How often it has been restarted, this time included. */
  readonly restarts: number;
  /** How many milliseconds it waits before it starts again. */
  readonly wait: number;
  /** The stage that ended. */
  readonly stage: "initialize" | "execute";
  /** Whether `execute` returned, after which only `"always"` restarts. */
  readonly hasReturned: boolean;
  /** What was thrown; an `Error` that says so if it returned. */
  readonly error: unknown;
}

/** How a generation of a supervised task has ended. */
export type GenerationEnd = Pick<Restart, "stage" | "hasReturned" | "error">;

/** What decides about restarts. */
export interface RestartRules {
  readonly backoff: Backoff | undefined;
  readonly intensity: Intensity | undefined;
  readonly healthyAfter: number;
  readonly onRestart: (restart: Restart) => unknown;
}

/** The restarts in one run of a supervised task. */
export class Restarts {
  readonly #rules: RestartRules;
  readonly #yielder = new Yielder();
  #unwatch = () => {};
  count = 0;

  constructor(rules: RestartRules) {
    this.#rules = rules;
  }

  /**
   * Notes one more. Throws if there are too many.
   *
   * @returns How long to wait before it.
   */
  begin(context: TaskContext, end: GenerationEnd): number {
    const { backoff, intensity, onRestart } = this.#rules;
    const { stage, hasReturned, error } = end;
    if (intensity?.isExceeded()) throw gaveUpError(intensity, error);
    const restarts = ++this.count;
    const wait = Math.round(backoff?.next() ?? 0);
    const why = hasReturned ? "returned" : `failed: ${messageOf(error)}`;
    context.note(`restarts in ${wait} ms, as ${stage} ${why}`, {
      restarts,
      wait,
    });
    const { name } = context;
    void callSafely(onRestart, { name, restarts, wait, ...end });
    return wait;
  }

  /** Waits; without a backoff it gives the event loop a turn. */
  async pause(context: TaskContext, ms: number): Promise<void> {
    if (this.#rules.backoff) await pause(context, ms);
    else await this.#yielder.next();
  }

  /**
   * Begins to watch how long a task executes: once it is healthy, its waits
   * begin anew.
   */
  watch(): void {
    const { backoff, healthyAfter } = this.#rules;
    if (!backoff) return;
    this.#unwatch = startTimer(healthyAfter, () => backoff.reset());
  }

  /** Ends the watch. */
  unwatch(): void {
    this.#unwatch();
  }

  /** Ends the timers. */
  release(): void {
    this.#unwatch();
    this.#rules.intensity?.release();
  }
}

function gaveUpError(intensity: Intensity, cause: unknown): Error {
  const { restarts, within } = intensity;
  const times = restarts === 1 ? "1 restart" : `${restarts} restarts`;
  return new Error(
    `Gave up after ${times} within ${within} ms: ${messageOf(cause)}`,
    { cause },
  );
}
