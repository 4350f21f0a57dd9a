import type { Task, TaskContext } from "../mod.ts";
import { onAbort } from "../src/on_abort.ts";
import { startTimer } from "../src/timers.ts";
import type { OneRun } from "./_one_run.ts";
import type { ServerAddress } from "./_server_address.ts";

/** A server as a task. */
export interface ServerTask extends Task {
  /**
   * Where it listens, from its initialize to its cleanup.
   *
   * @throws {Error} If it does not listen.
   */
  readonly address: ServerAddress;
}

/** A server from when it begins to listen until it is closed. */
export interface Serving {
  /** Begins to listen, and says where. */
  open(): Promise<ServerAddress>;
  /** Rejects when it fails, or when somebody else closes it. */
  readonly broken: Promise<never>;
  /** Goes on, but asks clients not to come again. */
  leave(): void;
  /** Takes nothing new; resolves when nothing is in flight any more. */
  close(): Promise<void>;
  /** Ends what is in flight. */
  hangUp(): void;
  /** Leaves nothing behind, whatever came before; may be called twice. */
  release(): void;
}

/**
 * Makes a task of a server.
 *
 * @param runs Has the run that goes on.
 * @param begin Makes a serving for each run.
 * @param options When it closes, once it is told to stop.
 */
export function serverTask<Served extends Serving>(
  runs: OneRun<ServerRun<Served>>,
  begin: (context: TaskContext) => Served,
  { closeDelay, drains }: { closeDelay: number; drains: boolean },
): ServerTask {
  const runOf = (action: string): ServerRun<Served> => {
    const { current } = runs;
    if (current) return current;
    throw new Error(
      `Cannot ${action} as it does not listen: add it with 'addTask', which has it initialized`,
    );
  };
  const task: ServerTask = {
    get address() {
      const { address } = runOf("read the address of a server");
      if (address) return address;
      throw new Error(
        "Cannot read the address of a server as it does not listen yet",
      );
    },
    async initialize(context) {
      const make = () => new ServerRun(begin(context));
      await runs.begin(make, context.name).open(context);
    },
    async execute({ name, done }) {
      const run = runOf(`execute task "${name}"`);
      await Promise.race([run.serving.broken, done]);
      if (drains) await run.end();
    },
    async cleanup() {
      await runs.end()?.cleanUp();
    },
  };
  if (drains) {
    task.drain = async ({ name, signal }) => {
      const run = runOf(`drain task "${name}"`);
      run.serving.leave();
      if (closeDelay > 0) await pause(closeDelay, signal);
      await run.close();
    };
  }
  return task;
}

/** What a task does with a server in one run. */
export class ServerRun<Served extends Serving> {
  readonly serving: Served;
  address: ServerAddress | undefined;
  #closing: Promise<void> | undefined;

  constructor(serving: Served) {
    this.serving = serving;
    serving.broken.catch(() => {}); // It may break before it is executed.
  }

  async open({ note, abandoned }: TaskContext): Promise<void> {
    this.address = await this.serving.open();
    if (abandoned.aborted) return this.serving.release(); // Nobody else does.
    note(`listening at ${this.address.url}`, { ...this.address });
  }

  /** Closes it; what goes wrong is thrown to the first caller. */
  close(): Promise<void> {
    if (this.#closing) return this.#closing.catch(() => {});
    this.#closing = this.serving.close();
    return this.#closing;
  }

  /** Closes it, without waiting for what is in flight. */
  async end(): Promise<void> {
    const closed = this.close();
    this.serving.hangUp();
    await closed;
  }

  /** The same; if it was left behind while it closed, without waiting. */
  async cleanUp(): Promise<void> {
    try {
      if (this.#closing) this.serving.hangUp();
      else await this.end();
    } finally {
      this.serving.release();
    }
  }
}

/** Resolves after that many milliseconds, or as soon as a signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const stopTimer = startTimer(ms, () => {
      stopListening();
      resolve();
    });
    const stopListening = onAbort(signal, () => {
      stopTimer();
      resolve();
    });
  });
}

/** The error of a server that ends while its task executes. */
export function closedError(): Error {
  return new Error(
    "The server was closed by something else before its task was told to stop",
  );
}
