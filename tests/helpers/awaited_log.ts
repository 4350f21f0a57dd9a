/** What happened, in order, and a way to wait until it has. */
export class AwaitedLog {
  readonly entries: string[] = [];
  #waiting: { length: number; open: () => void }[] = [];

  add(entry: string): void {
    this.entries.push(entry);
    const reached = (each: { length: number }) =>
      each.length <= this.entries.length;
    for (const each of this.#waiting.filter(reached)) each.open();
    this.#waiting = this.#waiting.filter((each) => !reached(each));
  }

  /** Resolves when there are that many entries, or already if there are. */
  length(length: number): Promise<void> {
    return new Promise((open) => {
      if (this.entries.length >= length) open();
      else this.#waiting.push({ length, open });
    });
  }
}
