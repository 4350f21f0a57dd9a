import { messageOf } from "../src/messages.ts";
import { deferred, isThenable, nothing } from "../src/promises.ts";
import { onProcessEnd } from "../src/signals/process_end.ts";
import { startTimer } from "../src/timers.ts";
import { type ChildEnd, type ChildExit, exitText } from "./_child_end.ts";
import { feed } from "./_child_input.ts";
import { OutputReader } from "./_child_output.ts";
import type { ChildSettings } from "./_child_settings.ts";
import { LastLines } from "./_last_lines.ts";
import type { NodeChild } from "./_node_child.ts";
import { type Signalled, signalledOf } from "./_signalled.ts";

/** After how long it is asked again whether anybody is left, in milliseconds. */
const SHORTEST = 5;
const LONGEST = 160;
/** How often at most, once all of them were killed. */
const MOST_WHEN_KILLED = 10;

/** Takes what is worth telling of a child. */
type Note = (message: string, details?: Record<string, unknown>) => void;

/** A child, from its start until nothing of it is left. */
export class Child {
  readonly pid: number;
  /** Resolves when it has ended, all is read, and nothing of it is left. */
  readonly ended: Promise<ChildEnd>;
  /** Resolves when it has printed a line that shows that it is ready. */
  readonly printed: Promise<void>;
  readonly #settings: ChildSettings;
  readonly #note: Note;
  readonly #signalled: Signalled;
  readonly #output: OutputReader;
  readonly #lastLines = new LastLines();
  readonly #onPrinted: () => void;
  #isAsked = false;
  #isStopping = false;
  #isKilled = false;
  #hasExited = false;
  #hasOnLineFailed = false;
  #inputError: { readonly cause: unknown } | undefined;
  #stopTimer = nothing;

  constructor(
    child: NodeChild,
    pid: number,
    settings: ChildSettings,
    note: Note,
  ) {
    this.pid = pid;
    this.#settings = settings;
    this.#note = note;
    this.#signalled = signalledOf(pid, settings.hasGroup);
    const { promise, resolve } = deferred();
    this.printed = promise;
    this.#onPrinted = resolve;
    const { stdout, stderr } = child;
    this.#output = new OutputReader(
      stdout,
      stderr,
      (line, from) => this.#onLine(line, from),
    );
    this.#feed(child);
    this.ended = this.#untilEnded(child);
  }

  /** Asks it to stop, and kills it if it does not in time. */
  stop(): void {
    this.#isAsked = true;
    this.#stop();
  }

  /** Kills it, and all that it has started. */
  kill(): void {
    this.#isAsked = true;
    this.#kill();
  }

  #stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    const { stopSignal, grace } = this.#settings;
    this.#signalled.send(stopSignal);
    this.#stopTimer = startTimer(grace, () => {
      const what = this.#hasExited ? "what it has left" : "it";
      this.#kill();
      this.#note(`killed ${what}, ${grace} ms after ${stopSignal}`);
    });
  }

  #kill(): void {
    this.#isStopping = this.#isKilled = true;
    this.#stopTimer();
    this.#signalled.send("SIGKILL");
  }

  async #untilEnded(child: NodeChild): Promise<ChildEnd> {
    const forget = onProcessEnd(() => this.#signalled.send("SIGKILL"));
    const { promise, resolve } = deferred<ChildExit>();
    child.on("exit", (code, signal) => {
      this.#hasExited = true;
      resolve({ code, signal, isAsked: this.#isAsked });
    });
    const exit = await promise;
    await this.#untilNoneIsLeft();
    this.#isStopping = true; // Nobody is there to be stopped.
    this.#stopTimer();
    forget();
    if (await this.#output.end()) {
      this.#note("its output is held open by a process that it has started");
    }
    if (exit.isAsked && exit.code) this.#note(exitText(exit));
    const lastLines = this.#lastLines.text;
    return { ...exit, lastLines, inputError: this.#inputError };
  }

  /** Stops those whom it has started, now that it has ended itself. */
  async #untilNoneIsLeft(): Promise<void> {
    let left = MOST_WHEN_KILLED;
    for (let ms = SHORTEST; await this.#signalled.isLeft(); ms *= 2) {
      this.#stop();
      if (this.#isKilled && --left === 0) return;
      await new Promise<void>((resolve) => {
        startTimer(Math.min(ms, LONGEST), resolve);
      });
    }
  }

  #onLine(line: string, from: "stdout" | "stderr"): void {
    this.#lastLines.add(line);
    const { ready, onLine } = this.#settings;
    try {
      const returned = onLine?.(line, from);
      if (isThenable(returned)) returned.then(nothing, this.#onLineFailed);
    } catch (thrown) {
      this.#onLineFailed(thrown);
    }
    if (ready instanceof RegExp && line.search(ready) >= 0) this.#onPrinted();
  }

  readonly #onLineFailed = (thrown: unknown): void => {
    if (!this.#hasOnLineFailed) {
      this.#note(`'onLine' has failed: ${messageOf(thrown)}`);
    }
    this.#hasOnLineFailed = true;
  };

  #feed({ stdin }: NodeChild): void {
    const { input } = this.#settings;
    if (!stdin || input === undefined) return;
    feed(stdin, input).catch((cause) => {
      if (this.#isAsked || this.#hasExited) return;
      this.#inputError = { cause };
      this.#note(`its input has failed: ${messageOf(cause)}`);
      this.#stop();
    });
  }
}
