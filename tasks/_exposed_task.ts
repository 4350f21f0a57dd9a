import type { Stage, Task } from "../mod.ts";
import { fieldOf } from "../src/messages.ts";
import { fromWire } from "./_from_wire.ts";
import { ReceivedContext } from "./_received_context.ts";
import { failingTask } from "./_task_source.ts";
import { toWire } from "./_to_wire.ts";
import type { FromWorker, ToWorker } from "./_worker_messages.ts";
import { MARK, type ParentPort } from "./_worker_thread.ts";
import { execute } from "./_wrapped.ts";

/** The task of a worker, whose stages another thread calls. */
export class ExposedTask {
  readonly #port: ParentPort;
  readonly #create: (data: unknown) => Task;
  /** Never aborts: what is left behind is ended at once. */
  readonly #abandoned = new AbortController().signal;
  readonly #contexts = new Map<number, ReceivedContext>();
  #task: Task = {};

  /** Exposes a task, which is made of what the worker is sent. */
  constructor(port: ParentPort, create: (data: unknown) => Task) {
    if (MARK in port.marked) {
      throw new Error(
        "Cannot expose a task as this worker has one: make it one of a TaskManager with several",
      );
    }
    Object.defineProperty(port.marked, MARK, {
      value: true,
      configurable: true,
    });
    this.#port = port;
    this.#create = create;
    port.listen((message) => this.#receive(message));
    port.watch((thrown) =>
      port.post({ type: "uncaught", thrown: toWire(thrown) })
    );
    port.post({ type: "exposed" });
  }

  #receive(message: ToWorker): void {
    switch (message.type) {
      case "start":
        return this.#start(message.data);
      case "context":
        return this.#addContext(message.context, message.name);
      case "tell":
        return this.#at(message.context).tell(fromWire(message.reason));
      case "abort":
        return this.#at(message.context).abort(fromWire(message.reason));
      case "call":
        return void this.#answer(message.call, message.stage, message.context);
    }
  }

  #start(data: unknown): void {
    try {
      this.#task = this.#create(data);
    } catch (error) {
      this.#task = failingTask(error);
    }
    const hasDrain = this.#task.drain != null;
    this.#port.post({ type: "started", hasDrain });
  }

  #addContext(context: number, name: string): void {
    const onNote = (message: string, given?: Record<string, unknown>) => {
      const details = given &&
        Object.keys(given).map((key) =>
          [key, toWire(fieldOf(given, key))] as const
        );
      this.#port.post({ type: "note", context, message, details });
    };
    const received = new ReceivedContext(name, this.#abandoned, onNote);
    this.#contexts.set(context, received);
  }

  #at(context: number): ReceivedContext {
    return this.#contexts.get(context)!;
  }

  async #answer(call: number, stage: Stage, context: number): Promise<void> {
    const answer = await this.#call(call, stage, this.#at(context));
    await this.#port.flush(); // The end of the thread would cut it short.
    this.#port.post(answer);
  }

  async #call(
    call: number,
    stage: Stage,
    received: ReceivedContext,
  ): Promise<FromWorker> {
    const { context } = received;
    try {
      await (stage === "execute"
        ? execute(this.#task, context)
        : this.#task[stage]?.(context));
      return { type: "returned", call };
    } catch (thrown) {
      if (received.isReason(thrown)) return { type: "threw", call };
      return { type: "threw", call, thrown: toWire(thrown) };
    }
  }
}
