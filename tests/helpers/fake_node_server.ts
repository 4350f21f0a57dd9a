import type { HttpListenOptions } from "@goasync/core/tasks/http-server";

type Listener = (...args: never[]) => void;

/** What emits events as those of Node do, on any runtime. */
class Emitter {
  readonly #listeners: { event: string; listener: Listener }[] = [];

  on(event: string, listener: Listener): void {
    this.#listeners.push({ event, listener });
  }

  once(event: string, listener: () => void): void {
    const once = () => {
      this.off(event, once);
      listener();
    };
    this.on(event, once);
  }

  prependListener(event: string, listener: Listener): void {
    this.#listeners.unshift({ event, listener });
  }

  off(event: string, listener: Listener): void {
    const index = this.#listeners.findIndex((each) =>
      each.event === event && each.listener === listener
    );
    if (index >= 0) this.#listeners.splice(index, 1);
  }

  listenerCount(event?: string): number {
    return this.#listeners
      .filter((each) => event === undefined || each.event === event).length;
  }

  emit(event: string, ...args: unknown[]): void {
    for (const each of [...this.#listeners]) {
      if (each.event === event) each.listener(...args as never[]);
    }
  }
}

/** A connection, or a session of HTTP/2. */
export class FakeSocket extends Emitter {
  isOpen = true;
  isAskedToClose = false;

  destroy(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.emit("close");
  }

  /** That of a session. */
  close(): void {
    this.isAskedToClose = true;
  }
}

/** An answer that a test ends. */
export class FakeResponse extends Emitter {
  readonly headers: Record<string, string> = {};
  headersSent = false;

  setHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  removeHeader(name: string): void {
    delete this.headers[name];
  }

  end(): void {
    this.headersSent = true;
    this.emit("close");
  }
}

/** A server such as one of `node:http`, which a test sends connections. */
export class FakeNodeServer extends Emitter {
  listening = false;
  /** What `listen` was called with. */
  readonly listened: HttpListenOptions[] = [];
  /** Where it says that it listens. */
  at: unknown = { address: "127.0.0.1", port: 8000 };
  /** What happens in place of listening, if anything does. */
  failure: Error | undefined;
  readonly #sockets = new Set<FakeSocket>();
  #onClosed: (() => void) | undefined;

  listen(options: HttpListenOptions): void {
    this.listened.push(options);
    queueMicrotask(() => {
      if (this.failure) return this.emit("error", this.failure);
      this.listening = true;
      this.emit("listening");
    });
  }

  close(callback: () => void): void {
    this.listening = false;
    this.#onClosed = callback;
    this.#checkClosed();
  }

  address(): unknown {
    return this.at;
  }

  /** A client connects. */
  connect(event = "connection"): FakeSocket {
    const socket = new FakeSocket();
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#checkClosed();
    });
    this.emit(event, socket);
    return socket;
  }

  /** A client asks for something. */
  request(socket: FakeSocket = this.connect()): FakeResponse {
    const response = new FakeResponse();
    this.emit("request", { socket }, response);
    return response;
  }

  #checkClosed(): void {
    if (this.listening || this.#sockets.size > 0 || !this.#onClosed) return;
    queueMicrotask(this.#onClosed);
    this.#onClosed = undefined;
    this.emit("close");
  }
}
