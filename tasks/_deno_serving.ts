import { deferred } from "../src/promises.ts";
import type { DenoHttpServer, DenoRuntime, ServeOptions } from "./_deno.ts";
import {
  listenError,
  type ServerAddress,
  tcpAddress,
  unixAddress,
} from "./_server_address.ts";
import { closedError, type Serving } from "./_server_task.ts";

/** What a handler is told of a connection: `Deno.ServeHandlerInfo`. */
export interface DenoRequestInfo {
  /** The address of the client. */
  remoteAddr: { transport: string; hostname: string; port: number };
  /** Settles when the answer is sent, or cannot be. */
  completed: Promise<void>;
}

/**
 * Answers a request.
 *
 * @typeParam Info What it is told of the connection.
 */
export type DenoHandler<Info = DenoRequestInfo> = (
  request: Request,
  info: Info,
) => Response | Promise<Response>;

/** What is needed of a WebSocket to wait for it. */
export interface WebSocketLike {
  /** 3 once it is closed. */
  readonly readyState?: number;
  /** Calls back when it is closed. */
  addEventListener(type: "close", listener: () => void): unknown;
}

const CLOSED = 3;

/** `Deno.serve` in one run. */
export class DenoServing<Info> implements Serving {
  readonly broken: Promise<never>;
  readonly #runtime: DenoRuntime;
  readonly #options: ServeOptions;
  readonly #handler: DenoHandler<Info>;
  /** Hangs up everything. Deno throws if it is shut down or ends before. */
  readonly #kill = new AbortController();
  readonly #idle = deferred();
  readonly #hungUp = deferred();
  #break!: (error: Error) => void;
  #server: DenoHttpServer | undefined;
  #finished: Promise<void> | undefined;
  #inFlight = 0;
  readonly #sockets = new Set<WebSocketLike>();
  #isLeaving = false;
  #isClosing = false;
  #isOver = false;

  constructor(
    runtime: DenoRuntime,
    options: ServeOptions,
    handler: DenoHandler<Info>,
  ) {
    this.#runtime = runtime;
    this.#options = options;
    this.#handler = handler;
    this.broken = new Promise((_, reject) => this.#break = reject);
  }

  // deno-lint-ignore require-await -- What is thrown is thrown by its promise.
  async open(): Promise<ServerAddress> {
    const { hostname: host, port = 8000, path } = this.#options;
    try {
      this.#server = this.#runtime.serve<Info>(
        { ...this.#options, signal: this.#kill.signal, onListen() {} },
        (request, info) => this.#answer(request, info),
      );
    } catch (thrown) {
      throw listenError(thrown, { host, port, path });
    }
    const onEnd = (error: Error) => {
      this.#isOver = true;
      this.#idle.resolve();
      if (!this.#isLeaving) this.#break(error);
    };
    this.#finished = this.#server.finished
      .then(() => onEnd(closedError()), onEnd);
    return addressOf(this.#server.addr, "cert" in this.#options);
  }

  leave(): void {
    this.#isLeaving = true;
  }

  async close(): Promise<void> {
    this.#isLeaving = this.#isClosing = true;
    this.#checkIdle();
    await this.#idle.promise;
    if (this.#isOver) return await this.#finished;
    this.#isOver = true;
    // It waits for ever for a handshake that does not come, and for the rest of
    // what a client sends after its answer.
    await Promise.race([this.#server?.shutdown(), this.#hungUp.promise]);
  }

  hangUp(): void {
    this.#isLeaving = this.#isClosing = true;
    this.#hungUp.resolve();
    this.#idle.resolve();
    if (this.#isOver) return;
    this.#isOver = true;
    this.#kill.abort();
  }

  release(): void {
    this.hangUp();
  }

  /** Waits for a WebSocket, too. */
  track(socket: WebSocketLike): void {
    if (socket.readyState === CLOSED || this.#sockets.has(socket)) return;
    this.#sockets.add(socket);
    socket.addEventListener("close", () => {
      this.#sockets.delete(socket);
      this.#checkIdle();
    });
  }

  async #answer(request: Request, info: Info): Promise<Response> {
    if (this.#isClosing) return withClose(new Response(null, { status: 503 }));
    this.#inFlight++;
    void Object(info).completed.then(this.#onEnd, this.#onEnd);
    const response = await this.#handler(request, info);
    return this.#isLeaving ? withClose(response) : response;
  }

  readonly #onEnd = (): void => {
    this.#inFlight--;
    this.#checkIdle();
  };

  #checkIdle(): void {
    const inFlight = this.#inFlight + this.#sockets.size;
    if (this.#isClosing && inFlight === 0) this.#idle.resolve();
  }
}

function addressOf(at: unknown, isSecure: boolean): ServerAddress {
  const { path, hostname = "", port = 0 } = Object(at);
  if (path !== undefined) return unixAddress(path);
  return tcpAddress(isSecure ? "https" : "http", hostname, port);
}

/** The answer, after which the connection is closed. */
function withClose(response: Response): Response {
  if (!mayCopy(response)) return response;
  const headers = new Headers(response.headers);
  headers.set("connection", "close");
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

/** Whether a copy of an answer is the same answer. */
function mayCopy(response: Response): boolean {
  // What is none, and what is upgraded or an error, is for Deno to judge.
  if (!(response instanceof Response) || response.status < 200) return false;
  // Deno knows that it has decoded what was fetched, but not of a copy.
  const isFetched = response.url !== "";
  return !(isFetched && response.headers.has("content-encoding"));
}
