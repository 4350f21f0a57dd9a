import { replaceProcess } from "./fake_process.ts";
import { KEY, later } from "./fake_threads.ts";

const MARK = Symbol.for("@goasync/core/tasks/worker");

/** What a runtime has only in a dedicated worker of a browser. */
const OF_WORKERS = [
  "DedicatedWorkerGlobalScope",
  "postMessage",
  "close",
  "addEventListener",
];

/** An event that has whatever it is given. */
function eventOf(type: string, init: object): Event {
  return Object.assign(new Event(type, { cancelable: true }), init);
}

/** A worker as browsers have them, which runs in this thread. */
export class FakeWebWorker extends EventTarget {
  readonly url: string;
  readonly options: object;
  isTerminated = false;
  readonly #send: (message: unknown) => void;

  constructor(url: string, options: object, send: (message: unknown) => void) {
    super();
    this.url = url;
    this.options = options;
    this.#send = send;
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    const copy = structuredClone(message, { transfer });
    later(() => this.#send(copy));
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** Raises an event; returns whether it was prevented. */
  raise(type: string, init: object): boolean {
    return !this.dispatchEvent(eventOf(type, init));
  }
}

/** The workers of a browser on any runtime, until disposed: one of them. */
export class FakeWebWorkers implements Disposable {
  worker!: FakeWebWorker;
  /** The types of what the worker has said, and how often it was closed. */
  readonly said: string[] = [];
  closed = 0;
  /** The scope of the worker. */
  readonly #scope = new EventTarget();
  readonly #replaced: Disposable;
  readonly #originals: (readonly [string, PropertyDescriptor | undefined])[];

  /** @param load Loads the module of the worker. */
  constructor(load: () => void = () => {}) {
    const real = (globalThis as { process?: object }).process ?? null;
    this.#replaced = replaceProcess(
      Object.create(real, { getBuiltinModule: { value: undefined } }),
    );
    this.#originals = ["Worker", ...OF_WORKERS].map((name) =>
      [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const
    );
    const start = (url: string, options: object) => this.#start(url, options);
    replace("Worker", function (url: string, options: object) {
      later(load);
      return start(url, options);
    });
    replace("DedicatedWorkerGlobalScope", {
      [Symbol.hasInstance]: () => true,
    });
    replace("postMessage", (message: Record<string, { type: string }>) => {
      const data = structuredClone(message);
      this.said.push(message[KEY]!.type);
      later(() => this.worker.raise("message", { data }));
    });
    replace("close", () => this.closed++);
    replace("addEventListener", this.#scope.addEventListener.bind(this.#scope));
  }

  /** Raises an event in the worker; returns whether it was prevented. */
  raise(type: string, init: object): boolean {
    return !this.#scope.dispatchEvent(eventOf(type, init));
  }

  /** Has something in the worker prevent its own errors. */
  prevent(type: string): void {
    this.#scope.addEventListener(type, (event) => event.preventDefault());
  }

  #start(url: string, options: object): FakeWebWorker {
    const send = (data: unknown) => void this.raise("message", { data });
    return this.worker = new FakeWebWorker(url, options, send);
  }

  [Symbol.dispose](): void {
    this.#replaced[Symbol.dispose]();
    for (const [name, original] of this.#originals) {
      if (original) Object.defineProperty(globalThis, name, original);
      else Reflect.deleteProperty(globalThis, name);
    }
    Reflect.deleteProperty(globalThis, MARK);
  }
}

/** Puts something into the place of a global, or takes it away. */
export function replace(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, {
    value,
    configurable: true,
    writable: true,
  });
}
