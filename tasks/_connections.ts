import type {
  NodeListener,
  NodeRequest,
  NodeResponse,
  NodeServer,
  NodeSession,
  NodeSocket,
} from "./_server_types.ts";

/** What happens on a connection of HTTP/1. */
interface Connection {
  readonly socket: NodeSocket;
  /** What is being answered; several at once if they are pipelined. */
  readonly responses: Set<NodeResponse>;
  /** The one of them that says that the connection is closed after it. */
  last: NodeResponse | undefined;
  /** Whether it speaks another protocol now, such as WebSocket. */
  isUpgraded: boolean;
}

/** The connections of a server of `node:http`, `node:https` or `node:http2`. */
export class Connections {
  readonly #server: NodeServer;
  /** All of them, as they were accepted: before TLS, if that is used. */
  readonly #accepted = new Set<NodeSocket>();
  /** Those that TLS has not made anything of yet, by who connects. */
  readonly #handshaking = new Map<string, NodeSocket>();
  readonly #connections = new Map<object, Connection>();
  /** Those of HTTP/2. */
  readonly #sessions = new Set<NodeSession>();
  readonly #unlisten: (() => void)[] = [];
  /** What the server is just being told of. */
  #latest: NodeSocket | undefined;
  #isLeaving = false;
  #isClosing = false;

  constructor(server: NodeServer) {
    this.#server = server;
    this.#listen("connection", (socket: NodeSocket) => {
      follow(this.#accepted, socket);
      if (isSecure(server)) this.#handshake(socket);
      else this.#add(socket);
    });
    this.#listen("secureConnection", (socket: NodeSocket) => {
      this.#handshaking.delete(clientOf(socket));
      this.#add(socket);
    });
    // While the server is told of a connection, it says whether it is HTTP/2.
    this.#listen("session", (session: NodeSession) => {
      follow(this.#sessions, session);
      if (this.#latest) this.#connections.delete(this.#latest);
      if (this.#isClosing) session.close();
    });
    if (isHttp2(server)) this.#listenToo("request", this.#onRequest);
    else this.#listen("request", this.#onRequest);
  }

  /**
   * Notes from now on which connections are upgraded, and what is answered
   * otherwise than as a request. Only where the server does so, as it takes what
   * nobody listens to for an ordinary request.
   */
  followTheRest(): void {
    for (const event of ["upgrade", "connect"]) {
      this.#listenToo(event, ({ socket }: NodeRequest) => {
        const connection = this.#connections.get(socket);
        if (connection) connection.isUpgraded = true;
      });
    }
    for (const event of ["checkContinue", "checkExpectation"]) {
      this.#listenToo(event, this.#onRequest);
    }
  }

  /** From now on each connection is closed after what is in flight on it. */
  leave(): void {
    this.#isLeaving = true;
    for (const connection of this.#connections.values()) sayClose(connection);
  }

  /** Closes each connection as soon as nothing is in flight on it. */
  close(): void {
    this.#isClosing = true;
    for (const socket of this.#handshaking.values()) socket.destroy();
    for (const session of this.#sessions) session.close();
    for (const connection of this.#connections.values()) closeIdle(connection);
  }

  /** Resolves when all that are there are closed, whoever closes them. */
  async closed(): Promise<void> {
    await Promise.all([...this.#accepted].map(whenClosed));
  }

  /** Hangs up. */
  hangUp(): void {
    for (const session of this.#sessions) session.destroy();
    for (const { socket } of this.#connections.values()) socket.destroy();
    for (const socket of this.#accepted) socket.destroy();
  }

  /** Hears nothing of the server any more. */
  release(): void {
    for (const unlisten of this.#unlisten) unlisten();
  }

  #handshake(socket: NodeSocket): void {
    if (socket.remotePort === undefined) return; // It is a Unix socket.
    const client = clientOf(socket); // It is gone once it is closed.
    this.#handshaking.set(client, socket);
    socket.once("close", () => this.#handshaking.delete(client));
  }

  #add(socket: NodeSocket): void {
    this.#latest = socket;
    this.#connections.set(socket, {
      socket,
      responses: new Set(),
      last: undefined,
      isUpgraded: false,
    });
    socket.once("close", () => this.#connections.delete(socket));
  }

  readonly #onRequest = (
    { socket }: NodeRequest,
    response: NodeResponse,
  ): void => {
    const connection = this.#connections.get(socket);
    // A handler of checkContinue may hand it on as an ordinary request.
    if (!connection || connection.responses.has(response)) return;
    const { responses } = connection;
    responses.add(response);
    if (this.#isLeaving) sayClose(connection);
    response.once("close", () => {
      responses.delete(response);
      if (this.#isClosing) closeIdle(connection);
    });
  };

  /** Where somebody listens already. */
  #listenToo(event: string, listener: NodeListener): void {
    if (this.#server.listenerCount(event) > 0) this.#listen(event, listener);
  }

  #listen(event: string, listener: NodeListener): void {
    this.#server.prependListener(event, listener);
    this.#unlisten.push(() => this.#server.off(event, listener));
  }
}

/** Whether a server speaks TLS. */
export function isSecure(server: NodeServer): boolean {
  return "ALPNProtocols" in server;
}

/**
 * Whether a server speaks HTTP/2. Where nobody listens to its requests, a listener
 * would have Node answer streams that a listener of `stream` answers.
 */
function isHttp2(server: NodeServer): boolean {
  return "updateSettings" in server;
}

/** Who has connected; the same before TLS and after it. */
function clientOf({ remoteAddress, remotePort }: NodeSocket): string {
  return `${remoteAddress} ${remotePort}`;
}

function follow<Item extends NodeSocket>(items: Set<Item>, item: Item): void {
  items.add(item);
  item.once("close", () => items.delete(item));
}

function whenClosed(socket: NodeSocket): Promise<void> {
  return new Promise((resolve) => socket.once("close", resolve));
}

/** Has its last answer say that it is, as those after it would be lost. */
function sayClose(connection: Connection): void {
  const last = [...connection.responses].pop();
  if (!last || last === connection.last) return;
  if (connection.last?.headersSent === false) {
    connection.last.removeHeader("connection");
  }
  connection.last = last;
  if (!last.headersSent) last.setHeader("connection", "close");
}

function closeIdle({ socket, responses, isUpgraded }: Connection): void {
  if (responses.size > 0 || isUpgraded) return;
  if (socket.destroySoon) socket.destroySoon(); // Once all is written.
  else socket.destroy();
}
