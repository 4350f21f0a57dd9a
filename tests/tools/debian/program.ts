/** What a program has come to. */
export interface Ended {
  readonly code: number;
  /** All that it has printed, on either output. */
  readonly text: string;
}

/** The longest that a program may live, so that one that hangs ends a run. */
const LONGEST_LIFE = 90_000;

/** A program that runs, and what it prints. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #child: Deno.ChildProcess;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #text = "";
  #onText = new Set<() => void>();
  #isOver = false;

  constructor(
    command: string,
    args: readonly string[],
    env: Record<string, string> = {},
    cwd = "/",
    longestLife: number = LONGEST_LIFE,
  ) {
    this.#child = new Deno.Command(command, {
      args: [...args],
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#deadline = setTimeout(() => this.kill("SIGKILL"), longestLife);
    this.ended = this.#untilEnded();
  }

  kill(signal: Deno.Signal): void {
    if (this.#isOver) return;
    try {
      this.#child.kill(signal);
    } catch {
      // It has just ended.
    }
  }

  /** Whether it has ended. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** All that it has printed so far. */
  get text(): string {
    return this.#text;
  }

  /** Waits until it has printed something. */
  printed(pattern: RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (pattern.test(this.#text)) resolve();
        else if (this.#isOver) {
          reject(new Error(`Ended before ${pattern}:\n${this.#text}`));
        } else return;
        this.#onText.delete(check);
      };
      this.#onText.add(check);
      check();
    });
  }

  async #untilEnded(): Promise<Ended> {
    const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        this.#text += text;
        for (const check of [...this.#onText]) check();
      }
    };
    const output = Promise.all([
      read(this.#child.stdout),
      read(this.#child.stderr),
    ]);
    const { code } = await this.#child.status;
    await output;
    clearTimeout(this.#deadline);
    this.#isOver = true;
    for (const check of [...this.#onText]) check();
    return { code, text: this.#text };
  }
}
