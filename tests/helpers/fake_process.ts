type Handler = (...values: unknown[]) => void;

/** Puts something in the place of the global `process`, until disposed. */
export function replaceProcess(replacement: unknown): Disposable {
  const original = Object.getOwnPropertyDescriptor(globalThis, "process");
  Object.defineProperty(globalThis, "process", {
    value: replacement,
    configurable: true,
    writable: true,
  });
  return {
    [Symbol.dispose]() {
      if (original) Object.defineProperty(globalThis, "process", original);
      else Reflect.deleteProperty(globalThis, "process");
    },
  };
}

/** How a fake process differs from one that has everything. */
export interface FakeProcessOptions {
  readonly pid?: number;
  /** Whether it may not send itself a signal. */
  readonly mayNotKill?: boolean;
  /** What its `versions` name. */
  readonly versions?: Record<string, string>;
  /** What keeps it alive, if it can tell. */
  readonly resources?: () => string[];
  /** Sends a signal to another process. */
  readonly killOther?: (pid: number, name: string) => unknown;
  /** What is still to be written, and is when the test says so. */
  readonly unwritten?: (whenWritten: () => void) => void;
}

/** A `process` whose OS signals a test raises, on any runtime. */
export class FakeProcess implements Disposable {
  /** How the program has ended it: by which signal, or with which code. */
  readonly ends: (string | number)[] = [];
  /** What the program finds in its place. */
  readonly process: {
    exitCode?: unknown;
    on(name: string, handler: Handler): void;
  };
  #handlers: { name: string; handler: Handler }[] = [];
  readonly #replaced: Disposable;

  /**
   * @param lacking The signals that this system lacks. As on Deno, `on` throws
   * for them and keeps the handler.
   */
  constructor(lacking: string[] = [], options: FakeProcessOptions = {}) {
    const { pid = 4711, mayNotKill = false, versions = {} } = options;
    const { resources, unwritten, killOther = killNobody } = options;
    const real = (globalThis as { process?: object }).process ?? null;
    this.process = Object.create(
      real,
      properties({
        pid,
        versions,
        exitCode: undefined,
        getActiveResourcesInfo: resources,
        stdout: {
          writableLength: unwritten ? 5 : 0,
          write: (_text: string, whenWritten: () => void) =>
            unwritten?.(whenWritten),
          end: (whenWritten: () => void) =>
            unwritten ? unwritten(whenWritten) : whenWritten(),
        },
        stderr: { columns: 100, end: (whenEnded: () => void) => whenEnded() },
        kill: (killed: number, name: string) => {
          if (mayNotKill) throw new Error("Requires run access");
          if (killed !== pid) return killOther(killed, name);
          if (!this.handlers.includes(name)) this.ends.push(name);
        },
        exit: (code: number) => void this.ends.push(code),
        removeAllListeners: (name: string) => {
          this.#handlers = this.#handlers.filter((each) => each.name !== name);
        },
        listenerCount: (name: string) =>
          this.handlers.filter((each) => each === name).length,
        prependListener: (name: string, handler: Handler) => {
          this.#handlers.unshift({ name, handler });
        },
        on: (name: string, handler: Handler) => {
          this.#handlers.push({ name, handler });
          if (lacking.includes(name)) throw new TypeError(`No ${name} here`);
        },
        off: (name: string, handler: Handler) => {
          this.#handlers = this.#handlers.filter((each) =>
            each.name !== name || each.handler !== handler
          );
        },
      }),
    );
    this.#replaced = replaceProcess(this.process);
  }

  /** Tells those who listen for a signal or another event of the process. */
  raise(raised: string, ...values: unknown[]): void {
    for (const { name, handler } of [...this.#handlers]) {
      if (name === raised) handler(...values);
    }
  }

  /** The name of each handler, in the order added. */
  get handlers(): string[] {
    return this.#handlers.map(({ name }) => name);
  }

  [Symbol.dispose](): void {
    this.#replaced[Symbol.dispose]();
  }
}

function killNobody(pid: number): never {
  throw new Error(`Kills process ${pid}`);
}

function properties(values: object): PropertyDescriptorMap {
  const entries = Object.entries(values)
    .map((
      [key, value],
    ) => [key, { value, configurable: true, writable: true }]);
  return Object.fromEntries(entries);
}
