import type { OsSignal } from "../src/signals/signal_names.ts";
import type { ChildInput } from "./_child_input.ts";
import type { OnLine } from "./_child_output.ts";

/** Waits until a child is ready, or a signal aborts. */
export type Ready = (signal: AbortSignal) => unknown;

/** How a child process is started, watched and stopped. */
export interface ChildProcessOptions {
  /**
   * What it is given besides its name.
   *
   * @default {none}
   */
  args?: readonly string[] | undefined;
  /**
   * What its environment has besides ours, or in its place; `undefined` for
   * what it is not to have.
   *
   * @default {none}
   */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * The folder that it runs in.
   *
   * @default {ours}
   */
  cwd?: string | URL | undefined;
  /**
   * When it is ready, which `initialize` waits for: when it has printed a line
   * that a pattern matches, or when a function returns, or what it returns has
   * resolved. The function is given a signal that aborts when nobody waits for
   * it any more, and fails `initialize` with what it throws.
   *
   * @default {as soon as it runs}
   */
  ready?: RegExp | Ready | undefined;
  /**
   * The OS signal that asks it to stop. One that this system lacks is not sent,
   * so that only the `grace` ends it.
   *
   * @default {"SIGTERM"}
   */
  stopSignal?: OsSignal | undefined;
  /**
   * When it is asked to stop: `"draining"` as soon as the task is told, while
   * everything else is up, as a `drain` that the others wait for; `"signal"`
   * when the drains of the others are over.
   *
   * @default {"signal"}
   */
  stopOn?: "signal" | "draining" | undefined;
  /**
   * How many milliseconds after that it is killed, if it has not ended: a finite
   * number that is not negative.
   *
   * @default {5000}
   */
  grace?: number | undefined;
  /**
   * Whether it has a process group of its own: then whatever it starts is
   * stopped and killed with it, and Ctrl-C does not reach it before the manager
   * tells it to stop. On Windows, which has none, it makes no difference.
   *
   * @default {true}
   */
  ownGroup?: boolean | undefined;
  /**
   * Is called with each line that it prints, and which output that was. What it
   * throws is ignored, and noted once. A promise that it returns is not waited
   * for.
   *
   * @default {what it prints is printed}
   */
  onLine?: OnLine | undefined;
  /**
   * What it reads: a text or bytes, or an iterable of them, which is asked for
   * more when the child can take it. After that, its input ends. If the
   * iterable throws, it is stopped, and the task fails. Once the child reads no
   * more, a stream is destroyed or cancelled, though it waits for more; on Deno
   * that takes `Deno.stdin.readable`, as nothing ends a wait of `process.stdin`.
   *
   * @default {nothing}
   */
  input?: ChildInput | undefined;
}
