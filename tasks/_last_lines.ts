/** How many lines are kept, and how long all of them may be. */
const [MOST_LINES, MOST_LENGTH] = [20, 4_000];

/** The last of many lines. */
export class LastLines {
  readonly #lines: string[] = [];
  #length = 0;

  add(line: string): void {
    const kept = line.slice(-MOST_LENGTH);
    this.#lines.push(kept);
    this.#length += kept.length;
    while (this.#lines.length > MOST_LINES || this.#length > MOST_LENGTH) {
      this.#length -= this.#lines.shift()!.length;
    }
  }

  /** The lines, as one text. */
  get text(): string {
    return this.#lines.join("\n");
  }
}
