import { Connections, isSecure } from "./_connections.ts";
import {
  listenError,
  type ServerAddress,
  tcpAddress,
  unixAddress,
} from "./_server_address.ts";
import { closedError, type Serving } from "./_server_task.ts";
import type { HttpListenOptions, NodeServer } from "./_server_types.ts";

/** How a server begins to listen, and how it closes. */
export interface OpenAndClose {
  readonly open: (listen: HttpListenOptions) => unknown;
  readonly close: () => unknown;
}

/** A server of `node:http` and its like in one run. */
export class NodeServing implements Serving {
  readonly broken: Promise<never>;
  readonly #server: NodeServer;
  readonly #listen: HttpListenOptions;
  readonly #own: OpenAndClose;
  readonly #connections: Connections;
  #unlisten!: () => void;
  #mayClose = false;
  #restore: (() => void) | undefined;

  constructor(
    server: NodeServer,
    listen: HttpListenOptions,
    own: OpenAndClose,
  ) {
    this.#server = server;
    this.#listen = listen;
    this.#own = own;
    this.#connections = new Connections(server);
    this.broken = new Promise((_, reject) => {
      const onClose = () => {
        if (!this.#mayClose) reject(closedError());
      };
      server.on("error", reject);
      server.on("close", onClose);
      this.#unlisten = () => {
        server.off("error", reject);
        server.off("close", onClose);
      };
    });
  }

  async open(): Promise<ServerAddress> {
    try {
      await this.#own.open(this.#listen);
    } catch (thrown) {
      throw listenError(thrown, this.#listen);
    }
    this.#connections.followTheRest();
    return addressOf(this.#server);
  }

  leave(): void {
    this.#mayClose = true;
    this.#connections.leave();
  }

  async close(): Promise<void> {
    this.leave();
    const closeIdle = () => this.#connections.close();
    this.#restore = replaceCloseIdle(this.#server, closeIdle);
    const closed = called(this.#own.close);
    closeIdle();
    try {
      await closed;
    } finally {
      await closing(this.#server); // Unless it is.
      await this.#connections.closed();
    }
  }

  hangUp(): void {
    this.#connections.hangUp();
  }

  release(): void {
    this.#mayClose = true;
    this.#restore?.();
    void closing(this.#server);
    this.hangUp();
    this.#connections.release();
    this.#unlisten();
  }
}

/** Calls something; what it throws is thrown by the promise. */
async function called(call: () => unknown): Promise<void> {
  await call();
}

/** Resolves when a server listens. */
export function listening(
  server: NodeServer,
  listen: HttpListenOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      server.off("listening", onListening);
      server.off("error", onError);
    };
    const onListening = () => {
      settle();
      resolve();
    };
    const onError = (error: unknown) => {
      settle();
      reject(error);
    };
    server.on("listening", onListening);
    server.on("error", onError);
    try {
      server.listen(listen);
    } catch (error) {
      onError(error);
    }
  });
}

/** Resolves when a server is closed, and so is its last connection. */
export function closing(server: NodeServer): Promise<void> {
  return new Promise((resolve) => {
    // All that can go wrong is that it does not listen any more.
    if (server.listening) server.close(() => resolve());
    else resolve();
  });
}

/**
 * Replaces what closes the idle connections of a server that closes: Node's own
 * takes an answer that is ended for one that is sent, and cuts it off.
 *
 * @returns What puts it back.
 */
function replaceCloseIdle(
  server: NodeServer,
  closeIdle: () => void,
): () => void {
  const { closeIdleConnections } = server;
  if (!closeIdleConnections) return () => {};
  server.closeIdleConnections = closeIdle;
  return () => server.closeIdleConnections = closeIdleConnections;
}

function addressOf(server: NodeServer): ServerAddress {
  const at = server.address();
  if (typeof at === "string") return unixAddress(at);
  const { address = "", port = 0 } = Object(at);
  return tcpAddress(isSecure(server) ? "https" : "http", address, port);
}
