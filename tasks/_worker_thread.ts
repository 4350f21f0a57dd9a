import type { FromWorker, ToWorker } from "./_worker_messages.ts";

/** A worker, as the thread sees it that has started it. */
export interface Thread {
  /** Throws if the message, or what is transferred, cannot be sent. */
  post(message: ToWorker, transfer?: readonly object[]): void;
  /** Ends it, whatever it does; resolves when it has, as far as one can tell. */
  end(): Promise<void>;
}

/** Who hears what becomes of a worker. */
export interface ThreadListener {
  received(message: FromWorker): void;
  /** It cannot be loaded, or it has failed in a way that it could not tell. */
  failed(error: unknown): void;
  /** It has ended. */
  ended(code: number): void;
}

/** The thread that started it, as the worker sees it. */
export interface ParentPort {
  post(message: FromWorker): void;
  /** Calls back with each message from now on. */
  listen(received: (message: ToWorker) => void): void;
  /** Calls back with what nobody catches. */
  watch(uncaught: (thrown: unknown) => void): void;
  /** Resolves when what was printed is out of this thread. */
  flush(): Promise<void>;
  /** What is marked when the worker has a task. */
  readonly marked: object;
}

/** Marks a worker that has a task. */
export const MARK: symbol = Symbol.for("@goasync/core/tasks/worker");

/** What a worker is started with. */
export interface ThreadOptions {
  readonly url: string;
  readonly name: string;
}
