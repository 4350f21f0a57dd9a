import { assertEquals } from "@std/assert";

/** A program of tests/processes/programs that runs in a process of its own. */
class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<string>;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #printed = "";

  constructor(name: string, ...args: string[]) {
    const { href } = new URL(`programs/${name}.ts`, import.meta.url);
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-lock", "--allow-all", href, ...args],
      stdout: "piped",
    }).spawn();
    this.#output = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    // So that a program that never ends fails its test.
    this.#deadline = setTimeout(() => this.kill("SIGKILL"), 60_000);
  }

  /** Resolves when the program has printed that line. */
  async line(line: string): Promise<void> {
    while (!this.#lines.includes(line)) {
      if (await this.#read()) continue;
      throw new Error(`Expected "${line}", got "${this.#printed}"`);
    }
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Resolves when the program has ended. */
  async end(): Promise<{ code: number; signal: string | null; last: string }> {
    while (await this.#read());
    const { code, signal } = await this.#child.status;
    return { code, signal, last: this.#lines.at(-1) ?? "" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#deadline);
    try {
      this.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await this.#output.cancel();
    await this.#child.status;
  }

  get #lines(): string[] {
    return this.#printed.split("\n").slice(0, -1);
  }

  async #read(): Promise<boolean> {
    const { done, value = "" } = await this.#output.read();
    this.#printed += value;
    return !done;
  }
}

/** Windows can send no signal to another process. */
function onPosix(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: Deno.build.os === "windows", fn });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  onPosix(`shutdownSignal() ends a program cleanly on ${signal}`, async () => {
    await using program = new Program("signal_shutdown");
    await program.line("ready");
    program.kill(signal);
    const last = `ended by ${signal}`;
    assertEquals(await program.end(), { code: 0, signal: null, last });
  });
}

onPosix(
  "shutdownSignal() ends a program cleanly on SIGHUP if asked to",
  async () => {
    await using program = new Program("signal_shutdown", "SIGHUP");
    await program.line("ready");
    program.kill("SIGHUP");
    const last = "ended by SIGHUP";
    assertEquals(await program.end(), { code: 0, signal: null, last });
  },
);

onPosix("shutdownSignal() leaves other signals alone", async () => {
  await using program = new Program("signal_shutdown", "SIGHUP");
  await program.line("ready");
  program.kill("SIGTERM");
  const last = "ready";
  assertEquals(await program.end(), { code: 143, signal: "SIGTERM", last });
});

onPosix("shutdownSignal() skips a signal that this system lacks", async () => {
  const lacking = Deno.build.os === "linux" ? "SIGINFO" : "SIGPWR";
  await using program = new Program("signal_shutdown", lacking, "SIGINT");
  await program.line("ready");
  program.kill("SIGINT");
  const last = "ended by SIGINT";
  assertEquals(await program.end(), { code: 0, signal: null, last });
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  onPosix(
    `shutdownSignal() has a second ${signal} end a stuck program`,
    async () => {
      await using program = new Program("signal_stuck");
      await program.line("ready");
      program.kill("SIGINT");
      await program.line("told to stop");
      program.kill(signal);
      await program.line("the grace is over");
      program.kill(signal);
      const code = signal === "SIGINT" ? 130 : 143;
      const last = "the grace is over";
      assertEquals(await program.end(), { code, signal, last });
    },
  );
}

onPosix("shutdownSignal() catches nothing once it is given up", async () => {
  await using program = new Program("signal_given_up");
  await program.line("ready");
  program.kill("SIGINT");
  const last = "ready";
  assertEquals(await program.end(), { code: 130, signal: "SIGINT", last });
});

onPosix("interruptible() reloads on SIGHUP and ends on SIGTERM", async () => {
  await using program = new Program("signal_reload");
  await program.line("ready 1");
  program.kill("SIGHUP");
  await program.line("cleaned up 1");
  await program.line("ready 2");
  program.kill("SIGHUP");
  await program.line("cleaned up 2");
  await program.line("ready 3");
  program.kill("SIGTERM");
  await program.line("cleaned up 3");
  const last = "ended";
  assertEquals(await program.end(), { code: 0, signal: null, last });
});

Deno.test("waiting for signals keeps no process alive", async () => {
  await using program = new Program("signal_waiting");
  const last = "nothing left to do";
  assertEquals(await program.end(), { code: 0, signal: null, last });
});

Deno.test("nothing happens on import", async () => {
  await using program = new Program("signal_import");
  const last = "asked 0 times";
  assertEquals(await program.end(), { code: 0, signal: null, last });
});
