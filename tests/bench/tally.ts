/** The tasks that all contenders run, and how many of them have finished. */
export class Tally {
  finished = 0;

  /** Returns at once. */
  // deno-lint-ignore require-await
  readonly instant = async (): Promise<void> => {
    this.finished++;
  };

  /** Returns at once, without a promise. */
  readonly synchronous = (): void => {
    this.finished++;
  };

  /** Waits for its signal. */
  readonly untilAborted = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        this.finished++;
        resolve();
      }, { once: true });
    });

  /** Waits for a promise. */
  readonly until = async (done: PromiseLike<unknown>): Promise<void> => {
    await done;
    this.finished++;
  };
}
