type Handler = (request: Request, info: object) => Promise<Response>;
interface Options {
  readonly signal: AbortSignal;
  readonly onListen: () => void;
}

/** Puts something in the place of the global `Deno`, until disposed. */
export function replaceDeno(replacement: unknown): Disposable {
  const original = Object.getOwnPropertyDescriptor(globalThis, "Deno");
  Object.defineProperty(globalThis, "Deno", {
    value: replacement,
    configurable: true,
    writable: true,
  });
  return {
    [Symbol.dispose]() {
      if (original) Object.defineProperty(globalThis, "Deno", original);
      else Reflect.deleteProperty(globalThis, "Deno");
    },
  };
}

/** A request that is in flight. */
export interface InFlight {
  readonly response: Promise<Response>;
  /** The answer is sent, or it cannot be. */
  readonly complete: (error?: Error) => void;
}

/** A server of Deno, which a test sends requests, on any runtime. */
export class FakeDenoServer {
  readonly options: Options;
  readonly #handler: Handler;
  readonly addr: object;
  readonly finished: Promise<void>;
  finish!: () => void;
  fail!: (error: Error) => void;
  /** What was done to it. */
  readonly log: string[] = [];

  constructor(options: Options, handler: Handler, addr: object) {
    this.options = options;
    this.#handler = handler;
    this.addr = addr;
    this.finished = new Promise((resolve, reject) => {
      this.finish = resolve;
      this.fail = reject;
    });
    options.onListen();
    options.signal.addEventListener("abort", () => {
      // This is where Deno ends the process.
      this.log.push(this.log.includes("shut down") ? "BadResource" : "killed");
      this.finish();
    });
  }

  // deno-lint-ignore require-await -- As that of Deno is.
  async shutdown(): Promise<void> {
    this.log.push("shut down");
    this.finish();
  }

  /** A client asks for something. */
  request(): InFlight {
    let complete!: (error?: Error) => void;
    const completed = new Promise<void>((resolve, reject) => {
      complete = (error) => error ? reject(error) : resolve();
    });
    const response = this.#handler(new Request("http://localhost/"), {
      completed,
    });
    response.catch(() => {});
    return { response, complete };
  }
}

/** A `Deno` that serves no one, until it is disposed. */
export class FakeDeno implements Disposable {
  /** Each server, in the order in which they began. */
  readonly servers: FakeDenoServer[] = [];
  /** What happens in place of listening, if anything does. */
  failure: Error | undefined;
  /** Where servers say that they listen. */
  addr: object = { hostname: "127.0.0.1", port: 8000 };
  /** What the environment has, and whether it may be read. */
  environment: Record<string, string> = {};
  mayReadEnvironment = false;
  readonly #replaced: Disposable;

  constructor() {
    this.#replaced = replaceDeno({
      serve: (options: Options, handler: Handler) => {
        if (this.failure) throw this.failure;
        const server = new FakeDenoServer(options, handler, this.addr);
        this.servers.push(server);
        return server;
      },
      env: { get: (name: string) => this.environment[name] },
      permissions: {
        querySync: () => ({
          state: this.mayReadEnvironment ? "granted" : "prompt",
        }),
      },
    });
  }

  [Symbol.dispose](): void {
    this.#replaced[Symbol.dispose]();
  }
}
