import { onAbort } from "../src/on_abort.ts";

/** Has a channel listened to; is given who hears, and who is told that it is over. */
type Listen = (
  hear: (payload?: string) => void,
  lost: () => void,
) => PromiseLike<unknown>;

/** Hears from a database that a lock was given back. */
export class Notices {
  readonly #listen: Listen;
  readonly #key: string;
  readonly #waiting = new Set<(error?: Error) => void>();
  /** What the last call has returned, until that has failed or is lost. */
  #listening: Promise<unknown> | undefined;
  #calls = 0;

  constructor(listen: Listen, key: string) {
    this.#listen = listen;
    this.#key = key;
  }

  /**
   * Resolves with the next notice, the first time as soon as it listens; rejects
   * when it listens no more.
   */
  async wait(signal: AbortSignal): Promise<void> {
    const isFirst = this.#calls === 0;
    await this.#listened();
    if (isFirst) return; // What was given back until now was not heard.
    await new Promise<void>((resolve, reject) => {
      const end = (error?: Error) => {
        unlisten();
        this.#waiting.delete(end);
        if (error) reject(error);
        else resolve();
      };
      this.#waiting.add(end);
      const unlisten = onAbort(signal, () => this.#waiting.delete(end));
    });
  }

  /** Listens once, when somebody first waits; again when that is over. */
  async #listened(): Promise<void> {
    const call = this.#listening ? this.#calls : ++this.#calls;
    const lost = () => this.#lose(call);
    try {
      // Whose `then` may be called but once.
      await (this.#listening ??= Promise.resolve(
        this.#listen((key) => this.#hear(key), lost),
      ));
    } catch (error) {
      lost();
      throw error;
    }
  }

  #hear(key = this.#key): void {
    if (key !== this.#key) return;
    for (const end of this.#waiting) end();
  }

  /** An earlier call can end late. */
  #lose(call: number): void {
    if (call !== this.#calls) return;
    this.#listening = undefined;
    for (const end of this.#waiting) end(new Error("It listens no more"));
  }
}
