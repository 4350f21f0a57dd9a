/** The longest line that is kept as one, in UTF-16 code units. */
export const LONGEST_LINE: number = 2 ** 24;

/**
 * Takes text in pieces, and hands on its lines: what stands before `\n`, `\r\n`
 * or, as progress bars write it, `\r`.
 */
export class Lines {
  readonly #onLine: (line: string) => void;
  /** The beginning of a line whose end has not come yet. */
  #begun = "";
  #endsWithReturn = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(text: string): void {
    if (text === "") return;
    // The second half of a line end.
    const rest = this.#endsWithReturn ? text.replace(/^\n/, "") : text;
    this.#endsWithReturn = text.endsWith("\r");
    const [first = "", ...others] = rest.split(/\r\n|\n|\r/);
    this.#begun += first;
    for (const next of others) {
      this.#handOn();
      this.#begun = next;
    }
    if (this.#begun.length >= LONGEST_LINE) this.#handOn();
  }

  /** Hands on the last line, if it has no end. */
  end(): void {
    if (this.#begun !== "") this.#handOn();
  }

  #handOn(): void {
    const line = this.#begun;
    this.#begun = "";
    this.#onLine(line);
  }
}
