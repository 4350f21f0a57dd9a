import type { Stage, TaskContext } from "../mod.ts";
import { messageOf } from "../src/messages.ts";
import { onAbort } from "../src/on_abort.ts";
import { fromWire } from "./_from_wire.ts";
import { inRunError } from "./_one_run.ts";
import { SentContexts } from "./_sent_contexts.ts";
import { startThread } from "./_start_thread.ts";
import type { FromWorker } from "./_worker_messages.ts";
import type {
  Thread,
  ThreadListener,
  ThreadOptions,
} from "./_worker_thread.ts";

/** How a task is run in a worker. */
export interface WorkerRunOptions extends ThreadOptions {
  /** What it is made of. */
  readonly data: unknown;
  readonly transfer: readonly object[];
}

/** Somebody who waits for an answer of the worker. */
interface Waiting {
  readonly context: TaskContext;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Why nothing answers any more. */
interface Loss {
  readonly error: unknown;
  /** Whether somebody was told. */
  isHeard: boolean;
}

/** A task in a worker, from the start of that to its end. */
export class WorkerRun implements ThreadListener {
  readonly #options: WorkerRunOptions;
  readonly #thread: Thread;
  readonly #contexts: SentContexts;
  /** By the number of their call; that of the start is 0. */
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  /** Whether the worker has exposed a task, and begins to make it. */
  #isExposed = false;
  #hasDrain = false;
  #isExecuting = false;
  /** Its drain, once that has begun, which may outlast its execute. */
  drained: Promise<void> | undefined;
  #loss: Loss | undefined;

  constructor(options: WorkerRunOptions) {
    this.#options = options;
    this.#thread = startThread(options, this);
    this.#contexts = new SentContexts(
      (message) => this.#thread.post(message),
      (context) => this.#abandon(context),
    );
  }

  async initialize(context: TaskContext): Promise<void> {
    await this.#start(context);
    await this.#call("initialize", context);
  }

  /** Executes it, in a worker that is started for that if none was before. */
  async execute(context: TaskContext): Promise<void> {
    if (this.#isExecuting) throw inRunError("execute", context.name);
    this.#isExecuting = true;
    try {
      if (!this.#isExposed && !this.#loss) await this.#start(context);
      await this.#call("execute", context);
    } finally {
      this.#isExecuting = false;
    }
  }

  /** Drains it; returns nothing if there is nothing to wait for. */
  drain(context: TaskContext): Promise<void> | undefined {
    if (!this.#hasDrain || this.#loss) return;
    return this.drained = this.#call("drain", context);
  }

  async cleanup(context: TaskContext): Promise<void> {
    try {
      if (!this.#loss?.isHeard) await this.#call("cleanup", context);
    } finally {
      await this.end();
    }
  }

  /** Ends the worker, whatever it does. */
  async end(): Promise<void> {
    this.#contexts.release();
    await this.#thread.end();
  }

  received(message: FromWorker): void {
    switch (message.type) {
      case "exposed":
        return this.#make();
      case "unexposed":
        return this.#lose(
          `The ${this.#place} has no task: its module must call exposeTask of "@goasync/core/tasks/worker"`,
        );
      case "started":
        this.#hasDrain = message.hasDrain;
        return this.#take(0)?.resolve();
      case "returned":
        return this.#take(message.call)?.resolve();
      case "threw":
        return this.#threw(message);
      case "note":
        return this.#note(message);
      case "uncaught":
        return this.failed(fromWire(message.thrown));
      case "closed":
        return this.#lose(`The ${this.#place} has closed itself`);
    }
  }

  failed(error: unknown): void {
    const what = this.#isExposed ? "Uncaught in" : "Cannot load";
    this.#lose(`${what} the ${this.#place}: ${messageOf(error)}`, {
      cause: error,
    });
  }

  ended(code: number): void {
    const when = this.#isExposed ? "" : " before its module called exposeTask";
    this.#lose(
      `The ${this.#place} has ended by itself${when}, with code ${code}`,
    );
  }

  get #place(): string {
    return `worker ${this.#options.url}`;
  }

  /** Waits until the worker has made its task. */
  async #start(context: TaskContext): Promise<void> {
    const { signal, abandoned, note } = context;
    const made = this.#answer(0, context);
    const unlistens = [
      // There is nothing yet that has to stop.
      onAbort(signal, () => this.#isExposed || this.#giveUp(signal.reason)),
      onAbort(abandoned, () => {
        if (!this.#isExposed) {
          note(`the ${this.#place} has not called exposeTask`);
        }
        this.#abandon(context);
      }),
    ];
    try {
      await made;
    } finally {
      for (const unlisten of unlistens) unlisten();
    }
  }

  /** Has it make its task. */
  #make(): void {
    const { data, transfer } = this.#options;
    this.#isExposed = true;
    try {
      this.#thread.post({ type: "start", data }, transfer);
    } catch (error) {
      this.#lose(
        `Cannot send the ${this.#place} its data: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }

  async #call(stage: Stage, context: TaskContext): Promise<void> {
    if (this.#loss) {
      this.#loss.isHeard = true;
      throw this.#loss.error;
    }
    const call = ++this.#calls;
    const answer = this.#answer(call, context);
    const number = this.#contexts.numberOf(context);
    this.#thread.post({ type: "call", call, stage, context: number });
    await answer;
  }

  #answer(call: number, context: TaskContext): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { context, resolve, reject });
    });
  }

  #take(call: number): Waiting | undefined {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    return waiting;
  }

  #threw({ call, thrown }: FromWorker & { type: "threw" }): void {
    const waiting = this.#take(call);
    waiting?.reject(thrown ? fromWire(thrown) : reasonOf(waiting.context));
  }

  #note({ context, message, details }: FromWorker & { type: "note" }): void {
    this.#contexts.at(context)?.note(
      message,
      details &&
        Object.fromEntries(details.map(([key, wire]) => [key, fromWire(wire)])),
    );
  }

  #lose(message: string, options?: ErrorOptions): void {
    this.#loseBy(new Error(message, options));
  }

  /** Nothing answers any more, which whoever waits longest is told. */
  #loseBy(error: unknown): void {
    const [first, ...others] = this.#waiting.values();
    this.#waiting.clear();
    this.#loss ??= { error, isHeard: first !== undefined };
    first?.reject(error);
    for (const { resolve } of others) resolve();
  }

  /** The worker is left behind with its task. */
  #abandon({ abandoned, note }: TaskContext): void {
    note("terminated its worker");
    this.#giveUp(abandoned.reason);
  }

  /** Ends the worker at once, which says nothing to it. */
  #giveUp(reason: unknown): void {
    this.#loseBy(reason);
    this.#loss!.isHeard = true;
    void this.end();
  }
}

function reasonOf({ draining, signal }: TaskContext): unknown {
  return draining.reason ?? signal.reason;
}
