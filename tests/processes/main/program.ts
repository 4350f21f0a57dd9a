import { byDeno } from "../../tools/runtimes/bundle.ts";

/** What came of a program. */
export interface Ended {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the program main_program.ts in one of its modes. */
export type Start = (mode: string) => Promise<Program>;

/** Checks of a program, by what they show. */
export type Checks = Readonly<
  Record<string, (start: Start) => Promise<void>>
>;

/** How a runtime starts a file. */
export interface Runtime {
  readonly command: string;
  readonly flags: readonly string[];
}

const PROGRAM = new URL("../programs/main_program.ts", import.meta.url);

/** Starts the program by its source, which is Deno's own way. */
export function startSource(flags: readonly string[]): Start {
  const { href } = PROGRAM;
  const args = ["run", "--quiet", "--no-lock", "--no-prompt", ...flags, href];
  return (mode) =>
    Promise.resolve(new Program(Deno.execPath(), [...args, mode]));
}

/** Starts the program in a bundle, which lies in that folder. */
export function startBundle(folder: string, ...command: string[]): Start {
  let bundle: Promise<string> | undefined;
  return async (mode) => {
    const path = await (bundle ??= bundled(folder));
    const [name = "", ...args] = command;
    return new Program(name, [...args, path, mode]);
  };
}

async function bundled(folder: string): Promise<string> {
  const bundle = `${folder}/main_program.mjs`;
  const source = `import ${JSON.stringify(PROGRAM.pathname)};`;
  await byDeno(source, folder, bundle);
  return bundle;
}

/** A program that runs in a process of its own. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Reader;
  readonly #stderr: Reader;
  readonly #deadline: ReturnType<typeof setTimeout>;

  constructor(command: string, args: string[]) {
    this.#child = new Deno.Command(command, {
      args,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdout = new Reader(this.#child.stdout);
    this.#stderr = new Reader(this.#child.stderr);
    // So that a program that never ends fails its test.
    this.#deadline = setTimeout(() => this.kill("SIGKILL"), 60_000);
  }

  /** Resolves when it has printed a text. */
  async prints(text: string): Promise<void> {
    await this.#stdout.reaches(text);
  }

  /** Resolves when it has printed a text on standard error. */
  async complains(text: string): Promise<void> {
    await this.#stderr.reaches(text);
  }

  /** Resolves with what it has printed on standard error that is like this. */
  async complainsOf(pattern: RegExp): Promise<RegExpExecArray> {
    return await this.#stderr.matches(pattern);
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Nobody reads its standard error any more. */
  async closeStderr(): Promise<void> {
    await this.#stderr.close();
  }

  /** Resolves when it has ended. */
  async end(): Promise<Ended> {
    const [stdout, stderr, { code, signal }] = await Promise.all([
      this.#stdout.all(),
      this.#stderr.all(),
      this.#child.status,
    ]);
    return { code, signal, stdout, stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#deadline);
    try {
      this.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await Promise.all([this.#stdout.close(), this.#stderr.close()]);
    await this.#child.status;
  }
}

/** What a program has printed so far. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  constructor(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
    this.#reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  }

  async reaches(text: string): Promise<void> {
    while (!this.#text.includes(text)) await this.#readOr(text);
  }

  async matches(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#text);
      if (match) return match;
      await this.#readOr(`${pattern}`);
    }
  }

  async all(): Promise<string> {
    while (await this.#read());
    return this.#text;
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }

  async #readOr(expected: string): Promise<void> {
    if (await this.#read()) return;
    throw new Error(`Expected "${expected}", got "${this.#text}"`);
  }

  async #read(): Promise<boolean> {
    const { done, value = "" } = await this.#reader.read();
    this.#text += value;
    return !done;
  }
}
