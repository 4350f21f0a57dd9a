import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A client that keeps its connection, and shows what it gets. */
export class Client {
  /** All that was received. */
  received = "";
  /** Resolves when the connection is closed, whoever did it. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #onData = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on("close", () => resolve()));
    socket.on("error", () => {}); // It is reset; `closed` follows.
    socket.on("data", (data) => {
      this.received += data;
      this.#onData();
    });
  }

  /** Connects to a port, or uses a connection that is there. */
  static async to(where: number | Socket): Promise<Client> {
    if (typeof where !== "number") return new Client(where);
    const socket = connect(where, "127.0.0.1");
    const client = new Client(socket);
    await once(socket, "connect");
    return client;
  }

  /** Sends text. */
  send(text: string): void {
    this.#socket.write(text);
  }

  /** Asks for a path, and waits for the answer. */
  async get(path: string, headers = ""): Promise<string> {
    const from = this.received.length;
    this.send(`GET ${path} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n`);
    await this.until("\r\n\r\n", from);
    return this.received.slice(from);
  }

  /** Waits for text. */
  until(text: string, from = 0): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#onData = () => {
        if (this.received.includes(text, from)) resolve();
      };
      this.#onData();
      void this.closed.then(() =>
        reject(new Error(`Closed before "${text}": ${this.received}`))
      );
    });
  }

  /** Closes the connection. */
  close(): void {
    this.#socket.destroy();
  }
}
