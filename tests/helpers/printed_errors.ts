/** What is printed on standard error by `console`, until it is disposed of. */
export class PrintedErrors implements Disposable {
  readonly lines: string[] = [];
  readonly #print = console.error;

  constructor() {
    console.error = (...values: unknown[]) => {
      this.lines.push(values.map((value) => `${value}`).join(" "));
    };
  }

  [Symbol.dispose](): void {
    console.error = this.#print;
  }
}
