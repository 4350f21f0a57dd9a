import waitFor from "npm:p-wait-for@6.0.0";
import { env } from "../node/command.ts";
import { kill, type Process, processes } from "./processes.ts";

const CTRL_C = "\x03";

/** What the shell prints before each command, and what looks for it. */
const PS1 = "exit code $? > ";
const PROMPT = /exit code \d+ > /g;

/** How often one looks for what is waited for, and how long at most. */
const INTERVAL = 20;
const LONGEST_WAIT = 8_000;

/**
 * A pseudo-terminal with an interactive shell. Its line discipline and job
 * control do what they do for a person: a Ctrl-C that is typed is a SIGINT for
 * all processes of the command that was typed before.
 */
export class Terminal implements AsyncDisposable {
  readonly #script: Deno.ChildProcess;
  readonly #keyboard: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #reading: Promise<void>;
  #printed = "";
  #commands = 0;

  /**
   * @param cwd Where the shell starts.
   * @param programs The folders to look for programs in before all others.
   */
  constructor(cwd: string, programs: readonly string[]) {
    const shell = "exec bash --norc --noprofile --noediting -i";
    // Debian has it in the package bsdutils, which is essential.
    this.#script = new Deno.Command("script", {
      args: ["--quiet", "--flush", "--command", shell, "/dev/null"],
      cwd,
      clearEnv: true,
      env: {
        ...env(),
        HISTFILE: "",
        PATH: [...programs, Deno.env.get("PATH")].join(":"),
        PS1,
        SHELL: "/bin/sh",
        TERM: "dumb",
      },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#keyboard = this.#script.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** All that was printed, as it can be read on the screen. */
  get printed(): string {
    return this.#printed;
  }

  /** Whether the shell waits for a command, as the last one has ended. */
  get isIdle(): boolean {
    const prompts = this.#printed.match(PROMPT)?.length ?? 0;
    return prompts > this.#commands;
  }

  /** Types a command. */
  async command(line: string): Promise<void> {
    await this.until("there is a prompt", () => this.isIdle);
    this.#commands++;
    await this.enter(line);
  }

  /** Types a line for the command that runs. */
  async enter(line: string): Promise<void> {
    await this.#type(`${line}\n`);
  }

  async pressCtrlC(): Promise<void> {
    await this.#type(CTRL_C);
  }

  /** Resolves once something is so, which is looked at again and again. */
  async until(
    what: string,
    isSo: () => boolean,
    milliseconds: number = LONGEST_WAIT,
  ): Promise<void> {
    const message = `Waited ${milliseconds} ms until ${what}`;
    const timeout = { milliseconds, message };
    await waitFor(isSo, { interval: INTERVAL, timeout });
  }

  /** What runs in it, the shell included. */
  processes(): Process[] {
    const all = processes();
    const shell = all.find(({ parent }) => parent === this.#script.pid);
    return all.filter(({ session }) => session === shell?.pid);
  }

  /** Kills all that runs in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of this.processes()) kill(pid);
    kill(this.#script.pid);
    await this.#script.status;
    await this.#reading;
    await this.#keyboard.abort();
  }

  async #type(text: string): Promise<void> {
    await this.#keyboard.write(new TextEncoder().encode(text));
  }

  async #read(): Promise<void> {
    const texts = this.#script.stdout.pipeThrough(new TextDecoderStream());
    for await (const text of texts) {
      this.#printed += text.replaceAll("\r", "");
    }
  }
}
