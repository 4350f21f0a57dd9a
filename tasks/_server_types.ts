/** What is needed of a socket of `node:net` or `node:tls`. */
export interface NodeSocket {
  /** The address of the client. */
  readonly remoteAddress?: string | undefined;
  /** The port of the client; none on a Unix socket. */
  readonly remotePort?: number | undefined;
  /** Hangs up at once. */
  destroy(): unknown;
  /** Hangs up once all is written. */
  destroySoon?(): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** What is needed of a session of `node:http2`. */
export interface NodeSession extends NodeSocket {
  /** Takes no new stream, and ends when the last one has. */
  close(): unknown;
}

/** What is needed of a request of `node:http`. */
export interface NodeRequest {
  readonly socket: object;
}

/** What is needed of a response of `node:http`. */
export interface NodeResponse {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
  once(event: "close", listener: () => void): unknown;
}

/** A listener of any event, as those of Node are typed. */
// deno-lint-ignore no-explicit-any -- Node's own types demand it.
export type NodeListener = (...args: any[]) => void;

/**
 * What {@linkcode httpServer} needs of a server: those of `node:http`,
 * `node:https` and `node:http2` have it.
 */
export interface NodeServer {
  /** Whether it listens. */
  readonly listening: boolean;
  /** Begins to listen. */
  listen(options: HttpListenOptions): unknown;
  /** Takes no new connection, and calls back when the last one is closed. */
  close(callback: (error?: Error) => void): unknown;
  /** Closes connections without a request; `close` calls it, if it is there. */
  closeIdleConnections?: () => unknown;
  /** Where it listens. */
  address(): unknown;
  /** How many listeners an event has. */
  listenerCount(event: string): number;
  /** Adds a listener. */
  on(event: string, listener: NodeListener): unknown;
  /** Adds a listener that is called before the others. */
  prependListener(event: string, listener: NodeListener): unknown;
  /** Removes a listener. */
  off(event: string, listener: NodeListener): unknown;
}

/** Where a server listens: what `listen` of `node:net` takes. */
export interface HttpListenOptions {
  /**
   * The port, from 0 to 65535.
   *
   * @default {0, which is any that is free}
   */
  port?: number;
  /**
   * The address or the name of the host.
   *
   * @default {all addresses of the host}
   */
  host?: string;
  /**
   * The path of a Unix socket or a named pipe, in place of a port.
   *
   * @default {none}
   */
  path?: string;
  /**
   * How many connections may wait to be accepted.
   *
   * @default {511}
   */
  backlog?: number;
  /**
   * Whether other processes may listen at the same port.
   *
   * @default {false}
   */
  reusePort?: boolean;
  /**
   * Whether a process of a cluster listens for itself.
   *
   * @default {false}
   */
  exclusive?: boolean;
}
