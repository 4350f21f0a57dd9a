import { replaceProcess } from "./fake_process.ts";

type Listener = (value: unknown) => void;
type Crossed = { [key: string]: { type: string } };

/** What is under this key is a message between the two sides of a worker. */
export const KEY = "@goasync/core";

/** Calls back in a later microtask, as a message comes in a later turn. */
export function later(callback: () => void): void {
  void Promise.resolve().then(callback);
}

/** Somebody with listeners. */
class Emitter {
  readonly #listeners: [string, Listener][] = [];

  on(event: string, listener: Listener): void {
    this.#listeners.push([event, listener]);
  }

  emit(event: string, value: unknown): void {
    for (const [name, listener] of [...this.#listeners]) {
      if (name === event) listener(value);
    }
  }

  listenerCount(event: string): number {
    return this.#listeners.filter(([name]) => name === event).length;
  }
}

/** The port of a fake worker to its parent. */
class FakePort extends Emitter {
  readonly #worker: FakeWorker;

  constructor(worker: FakeWorker) {
    super();
    this.#worker = worker;
  }

  postMessage(message: unknown): void {
    const copy = structuredClone(message);
    later(() => this.#worker.isOver || this.#worker.emit("message", copy));
  }
}

/** A worker of node:worker_threads which runs in this thread. */
export class FakeWorker extends Emitter {
  readonly program: URL;
  readonly options: { name: string };
  readonly port: FakePort = new FakePort(this);
  /** The types of the messages that it was sent. */
  readonly sent: string[] = [];
  isOver = false;
  isTerminated = false;

  constructor(program: URL, options: { name: string }) {
    super();
    this.program = program;
    this.options = options;
  }

  postMessage(message: Crossed, transfer: Transferable[] = []): void {
    const copy = structuredClone(message, { transfer });
    this.sent.push(message[KEY]!.type);
    later(() => this.isOver || this.port.emit("message", copy));
  }

  /** Ends by itself. */
  exit(code: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.emit("exit", code);
  }

  terminate(): Promise<number> {
    this.isTerminated = true;
    this.exit(1);
    return Promise.resolve(1);
  }

  /** Says something to its parent, whatever its module is. */
  say(message: object): void {
    this.port.postMessage({ [KEY]: message });
  }
}

/** Workers of node:worker_threads on any runtime, until disposed. */
export class FakeThreads implements Disposable {
  /** Each that was started. */
  readonly workers: FakeWorker[] = [];
  /** What listens to the process. */
  readonly process: Emitter = new Emitter();
  /** What was written to the standard outputs, and whether they are open. */
  readonly written: string[] = [];
  isWritable = true;
  /** Loads the module of a worker. */
  load: () => void;
  /** What happens in place of a start, if anything does. */
  failure: Error | undefined;
  #parentPort: FakePort | null = null;
  readonly #replaced: Disposable;

  /**
   * @param load Loads the module of a worker.
   * @param versions What the process names as its versions.
   */
  constructor(load: () => void = () => {}, versions: object = {}) {
    this.load = load;
    const start = (program: URL, options: { name: string }) =>
      this.#start(program, options);
    const parentPort = () => this.#parentPort;
    const module = {
      Worker: function (program: URL, options: never) {
        return start(program, options);
      },
      get parentPort() {
        return parentPort();
      },
    };
    const stream = (name: string) => ({
      writable: this.isWritable,
      write: (_text: string, whenWritten: () => void) => {
        this.written.push(name);
        later(whenWritten);
      },
    });
    const real = (globalThis as { process?: object }).process ?? null;
    this.#replaced = replaceProcess(Object.create(real, {
      getBuiltinModule: { value: () => module },
      versions: { value: versions },
      stdout: { get: () => stream("stdout") },
      stderr: { get: () => stream("stderr") },
      on: {
        value: (event: string, listener: Listener) =>
          this.process.on(event, listener),
      },
      listenerCount: {
        value: (event: string) => this.process.listenerCount(event),
      },
    }));
  }

  /** The worker that was started last. */
  get worker(): FakeWorker {
    return this.workers.at(-1)!;
  }

  /** Calls back as if it were called in a worker. */
  within(worker: FakeWorker, callback: () => void): void {
    this.#parentPort = worker.port;
    try {
      callback();
    } finally {
      this.#parentPort = null;
    }
  }

  #start(program: URL, options: { name: string }): FakeWorker {
    if (this.failure) throw this.failure;
    const worker = new FakeWorker(program, options);
    this.workers.push(worker);
    later(() => {
      if (worker.isOver) return;
      try {
        this.within(worker, this.load);
      } catch (error) {
        worker.emit("error", error);
        worker.exit(1);
      }
    });
    return worker;
  }

  [Symbol.dispose](): void {
    this.#replaced[Symbol.dispose]();
  }
}
