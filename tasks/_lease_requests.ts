import type { TaskContext } from "../mod.ts";
import { abortError } from "../src/abort_errors.ts";
import { startTimer } from "../src/timers.ts";
import { answerOf } from "./_lease_answer.ts";
import type { Lock } from "./_lease_lock.ts";
import type { LeaseRules } from "./_lease_options.ts";
import { onTold } from "./_told.ts";

/** The longest that a stop waits for an answer, in milliseconds. */
const LONGEST_WAIT = 1_000;

/** Asks a lock, for one replica. */
export class Requests {
  readonly #lock: Lock;
  readonly #rules: LeaseRules;
  /** The greatest token so far. */
  #greatest = 0;

  constructor(lock: Lock, rules: LeaseRules) {
    this.#lock = lock;
    this.#rules = rules;
  }

  /**
   * Returns a token, or `undefined` if somebody else has the lock. Once the task
   * is told, an answer is waited for only so long; a token that comes later is
   * given back.
   */
  async acquire(context: TaskContext): Promise<number | undefined> {
    const { ttl, patience } = this.#rules;
    const over = new AbortController();
    let endTimer = () => {};
    const unlisten = onTold(context, () => {
      endTimer();
      endTimer = startTimer(LONGEST_WAIT, () => {
        over.abort(abortError("The lease is not wanted any more"));
      });
    });
    const { abandoned } = context;
    const onAbandoned = () => over.abort(abandoned.reason);
    abandoned.addEventListener("abort", onAbandoned);
    try {
      const token = await answerOf(
        (signal) => this.#lock.acquire(ttl, signal),
        isToken,
        {
          patience,
          signal: over.signal,
          late: (token) => void this.#giveBackLate(token),
        },
      );
      if (token === undefined || token > this.#greatest) {
        this.#greatest = token ?? this.#greatest;
        return token;
      }
      void this.#giveBackLate(token);
      throw new RangeError(
        `The lock has given token ${token} after ${this.#greatest}`,
      );
    } finally {
      unlisten();
      endTimer();
      abandoned.removeEventListener("abort", onAbandoned);
    }
  }

  /** Returns whether the token is still that of the holder. */
  renew(token: number, signal: AbortSignal): Promise<boolean> {
    const { ttl, patience } = this.#rules;
    return answerOf(
      (signal) => this.#lock.renew(token, ttl, signal),
      (answer) => typeof answer === "boolean",
      { patience, signal },
    );
  }

  async release(token: number, signal: AbortSignal): Promise<void> {
    const patience = Math.min(this.#rules.patience, LONGEST_WAIT);
    await answerOf(
      (signal) => this.#lock.release(token, signal),
      () => true,
      { patience, signal },
    );
  }

  async #giveBackLate(token: number | undefined): Promise<void> {
    if (token === undefined) return;
    try {
      await this.release(token, new AbortController().signal);
    } catch {
      // It expires.
    }
  }
}

function isToken(answer: unknown): boolean {
  return answer === undefined ||
    Number.isSafeInteger(answer) && answer as number > 0;
}
