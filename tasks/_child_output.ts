import { startTimer } from "../src/timers.ts";
import { deferred, nothing } from "../src/promises.ts";
import { Lines } from "./_lines.ts";
import type { ChildOutput } from "./_node_child.ts";

/** How often it is asked whether anything came, in milliseconds. */
const ASKED = 50;
/** After how many answers in a row that nothing did, nothing will. */
const QUIET = 2;
/** After how many answers what still comes is not of the child. */
const MOST = 20;

/** What hears each line that a child prints. */
export type OnLine = (line: string, from: "stdout" | "stderr") => unknown;

/** Reads what a child prints, by lines. */
export class OutputReader {
  /** Resolves when everybody has closed it. */
  readonly #closed: Promise<unknown>;
  readonly #streams: readonly ChildOutput[];
  readonly #lines: Lines[] = [];
  #pieces = 0;

  constructor(
    stdout: ChildOutput | null,
    stderr: ChildOutput | null,
    onLine: OnLine,
  ) {
    const outputs = [[stdout, "stdout"], [stderr, "stderr"]] as const;
    const streams = outputs.flatMap(([stream, from]) =>
      stream ? [{ stream, from }] : []
    );
    this.#streams = streams.map(({ stream }) => stream);
    this.#closed = Promise.all(streams.map(({ stream, from }) => {
      const lines = new Lines((line) => onLine(line, from));
      this.#lines.push(lines);
      return this.#read(stream, lines);
    }));
  }

  /**
   * Resolves when all is read that the child has printed, which has ended. It
   * does not wait for those who hold its output open, and closes it for them.
   *
   * @returns Whether somebody did.
   */
  async end(): Promise<boolean> {
    const isHeld = await this.#isHeld();
    for (const stream of this.#streams) stream.destroy();
    for (const lines of this.#lines) lines.end();
    return isHeld;
  }

  /** Resolves when it is closed, or nothing comes any more but from others. */
  #isHeld(): Promise<boolean> {
    return new Promise((resolve) => {
      let stopTimer = nothing;
      const ask = (left: number, quiet: number, pieces: number) => {
        if (left === 0 || quiet === 0) return resolve(true);
        stopTimer = startTimer(ASKED, () => {
          const isQuiet = this.#pieces === pieces;
          ask(left - 1, isQuiet ? quiet - 1 : QUIET, this.#pieces);
        });
      };
      ask(MOST, QUIET, this.#pieces);
      void this.#closed.then(() => {
        stopTimer();
        resolve(false);
      });
    });
  }

  #read(stream: ChildOutput, lines: Lines): Promise<void> {
    const { promise, resolve } = deferred();
    stream.setEncoding("utf8");
    stream.on("data", (text) => {
      this.#pieces++;
      lines.add(text);
    });
    stream.on("error", resolve); // It is closed.
    stream.on("close", resolve);
    return promise;
  }
}
