import type { TaskContext } from "../mod.ts";
import { messageOf } from "../src/messages.ts";
import type { Backoff } from "./_backoff.ts";
import type { Since } from "./_lease_clock.ts";

/** The failures in a row of a lock, from its last answer on. */
export class Troubles {
  readonly #backoff: Backoff;
  readonly #giveUpAfter: number;
  #since: Since | undefined;
  #last: unknown;

  constructor(backoff: Backoff, giveUpAfter: number) {
    this.#backoff = backoff;
    this.#giveUpAfter = giveUpAfter;
  }

  /** Whether the lock has failed when it was last asked. */
  get areThere(): boolean {
    return this.#since !== undefined;
  }

  /**
   * Counts one more, and notes the first.
   *
   * @param since When the lock was asked.
   * @returns How long to wait before the lock is asked again.
   */
  add(error: unknown, since: Since, { note }: TaskContext): number {
    if (!this.#since) {
      this.#since = since;
      note(`the lock fails: ${messageOf(error)}`);
    }
    this.#last = error;
    return this.#backoff.next();
  }

  /** The lock has answered. */
  end({ note }: TaskContext): void {
    if (this.#since) note("the lock answers again");
    this.#since = undefined;
    this.#backoff.reset();
  }

  /** Throws if it was too long. */
  check(): void {
    if (!this.#since || this.#since.ms < this.#giveUpAfter) return;
    throw new Error(
      `Gave up after ${this.#giveUpAfter} ms without an answer of the lock: ${
        messageOf(this.#last)
      }`,
      { cause: this.#last },
    );
  }
}
