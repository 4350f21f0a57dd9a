import type { TaskContext } from "../mod.ts";
import { isFunction } from "../src/arguments.ts";
import { onAbort } from "../src/on_abort.ts";
import { Child } from "./_child.ts";
import { endError, isClean } from "./_child_end.ts";
import type { ChildSettings } from "./_child_settings.ts";
import { spawnChild } from "./_node_child.ts";
import { inRunError } from "./_one_run.ts";

/** A child process from its initialize to its cleanup. */
export class ChildRun {
  readonly #settings: ChildSettings;
  #spawned: Promise<Child | undefined> = Promise.resolve(undefined);
  #isStarted = false;
  #isExecuting = false;

  constructor(settings: ChildSettings) {
    this.#settings = settings;
  }

  /** Starts it, and waits until it is ready. */
  async start(context: TaskContext): Promise<void> {
    const { abandoned, note } = context;
    this.#isStarted = true;
    const spawned = this.#spawn(context);
    this.#spawned = spawned.catch(() => undefined);
    const child = await spawned;
    note(`runs as process ${child.pid}`, { pid: child.pid });
    const unlisten = onAbort(abandoned, () => child.kill());
    void child.ended.then(unlisten);
    await this.#untilReady(child, context);
  }

  /** Waits for its end; starts it, if it was not or has ended in an execute. */
  async execute(context: TaskContext): Promise<void> {
    if (this.#isExecuting) throw inRunError("execute", context.name);
    this.#isExecuting = true;
    try {
      if (!this.#isStarted) await this.start(context);
      await this.#untilEnded(context);
    } finally {
      this.#isExecuting = this.#isStarted = false;
    }
  }

  /** Waits for its end, which it asks for when the task has to stop. */
  async #untilEnded(
    { draining, signal, abandoned }: TaskContext,
  ): Promise<void> {
    const child = await this.#spawned;
    if (!child) return; // It could not be started, as `start` has said.
    const { drains, command } = this.#settings;
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
  async drain(): Promise<void> {
    const child = await this.#spawned;
    child?.stop();
    await child?.ended;
  }

  /** The same for one that still runs; one that is left behind is killed. */
  async cleanup({ abandoned }: TaskContext): Promise<void> {
    const child = await this.#spawned;
    const unlisten = onAbort(abandoned, () => child?.kill());
    await this.drain();
    unlisten();
  }

  #spawn({ note }: TaskContext): Promise<Child> {
    const { input, onLine } = this.#settings;
    const options = {
      ...this.#settings,
      hasInput: input !== undefined,
      hasOutput: onLine !== undefined,
    };
    return spawnChild(
      options,
      (child, pid) => new Child(child, pid, this.#settings, note),
    );
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
}
