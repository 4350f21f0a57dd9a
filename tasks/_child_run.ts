import type { TaskContext } from "../mod.ts";
import { isFunction } from "../src/arguments.ts";
import { onAbort } from "../src/on_abort.ts";
import { Child } from "./_child.ts";
import { endError, isClean } from "./_child_end.ts";
import type { ChildSettings } from "./_child_settings.ts";
import { spawnChild } from "./_node_child.ts";

/** A child process from its initialize to its cleanup. */
export class ChildRun {
  readonly #settings: ChildSettings;
  #child: Child | undefined;

  constructor(settings: ChildSettings) {
    this.#settings = settings;
  }

  /** Starts it, and waits until it is ready. */
  async start(context: TaskContext): Promise<void> {
    const { note, abandoned } = context;
    const { input, onLine } = this.#settings;
    const options = {
      ...this.#settings,
      hasInput: input !== undefined,
      hasOutput: onLine !== undefined,
    };
    const child = await spawnChild(options, (child, pid) => {
      note(`runs as process ${pid}`, { pid });
      return new Child(child, pid, this.#settings, note);
    });
    this.#child = child;
    const unlisten = onAbort(abandoned, () => child.kill());
    void child.ended.then(unlisten);
    await this.#untilReady(child, context);
  }

  /** Waits for its end, which it asks for when the task has to stop. */
  async execute(context: TaskContext): Promise<void> {
    const child = this.#running("execute", context);
    const { drains, command } = this.#settings;
    const { draining, signal, abandoned } = context;
    const stop = () => child.stop();
    const unlistens = [
      onAbort(signal, stop),
      onAbort(abandoned, () => child.kill()),
    ];
    if (drains) unlistens.push(onAbort(draining, stop));
    const end = await child.ended;
    for (const unlisten of unlistens) unlisten();
    if (!isClean(end)) throw endError(command, end);
  }

  /** Asks it to stop, and waits for its end. */
  async drain(context: TaskContext): Promise<void> {
    const child = this.#running("drain", context);
    child.stop();
    await child.ended;
  }

  /** The same for one that still runs. */
  async cleanup({ abandoned }: TaskContext): Promise<void> {
    const child = this.#child;
    if (!child) return; // It never ran, or is killed as soon as it does.
    child.stop();
    const unlisten = onAbort(abandoned, () => child.kill());
    await child.ended;
    unlisten();
  }

  async #untilReady(child: Child, context: TaskContext): Promise<void> {
    const { ready, command } = this.#settings;
    if (!ready) return;
    const waiting = context.fork();
    const { signal } = waiting;
    const told = new Promise<never>((_, reject) => {
      onAbort(signal, () => reject(signal.reason));
    });
    const ended = child.ended.then((end) => {
      throw endError(command, end, " before it was ready");
    });
    const isReady = isFunction(ready)
      ? async () => await ready(signal)
      : () => child.printed;
    try {
      await Promise.race([told, ended, isReady()]);
    } finally {
      waiting.stop();
      waiting[Symbol.dispose]();
    }
  }

  #running(verb: string, { name }: TaskContext): Child {
    if (this.#child) return this.#child;
    throw new Error(
      `Cannot ${verb} task "${name}" as its child does not run: await its 'initialize' before`,
    );
  }
}
