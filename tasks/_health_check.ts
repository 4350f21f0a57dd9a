import { messageOf } from "../src/messages.ts";
import { startTimer } from "../src/timers.ts";

/** How a check is made. */
export interface HealthCheckOptions {
  /**
   * How long it may take, in milliseconds. Then its signal aborts, and it has
   * failed.
   *
   * @default {1_000}
   */
  timeout?: number | undefined;
  /**
   * Whether the program is not ready while it fails. One that is not critical is
   * only shown.
   *
   * @default {true}
   */
  critical?: boolean | undefined;
}

/**
 * Finds out whether something works.
 *
 * @param signal Aborts when the time is over.
 * @returns Anything; it has failed if that is `false` or a promise of it, or if
 * it throws or rejects.
 */
export type HealthCheckFunction = (signal: AbortSignal) => unknown;

/** What says by itself whether it works, as a supervised task does. */
export interface Up {
  /** Whether it works. */
  readonly isUp: boolean;
}

/** What came of a check. */
export interface CheckStatus {
  /** Whether it works. */
  ok: boolean;
  /** Whether the program is not ready without it. */
  critical: boolean;
  /**
   * What is wrong.
   *
   * @default {not there}
   */
  message?: string;
}

/** One check, of which only one runs at a time. */
export class HealthCheck {
  readonly #check: HealthCheckFunction;
  readonly #timeout: number;
  readonly #critical: boolean;
  #running: Promise<CheckStatus> | undefined;

  constructor(
    check: HealthCheckFunction | Up,
    timeout: number,
    critical: boolean,
  ) {
    this.#check = typeof check === "function" ? check : () => mustBeUp(check);
    this.#timeout = timeout;
    this.#critical = critical;
  }

  /** Makes the check, or waits for the one that is being made. Never rejects. */
  run(): Promise<CheckStatus> {
    return this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<CheckStatus> {
    const critical = this.#critical;
    const controller = new AbortController();
    let stopTimer!: () => void;
    try {
      const late = new Promise<never>((_, reject) => {
        stopTimer = startTimer(this.#timeout, () => {
          const error = lateError(this.#timeout);
          reject(error);
          controller.abort(error);
        });
      });
      const answer = await Promise.race([this.#call(controller.signal), late]);
      if (answer !== false) return { ok: true, critical };
      return { ok: false, critical, message: "It does not work" };
    } catch (thrown) {
      return { ok: false, critical, message: messageOf(thrown) };
    } finally {
      stopTimer();
    }
  }

  async #call(signal: AbortSignal): Promise<unknown> {
    return await this.#check(signal);
  }
}

function mustBeUp({ isUp }: Up): void {
  if (!isUp) throw new Error("It is not up");
}

function lateError(ms: number): DOMException {
  return new DOMException(`No answer within ${ms} ms`, "TimeoutError");
}
