import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** How a proxy fails: it hangs up and refuses, or nothing gets through any more. */
export type Cut = "reset" | "silent";

/** Stands between a client and a server, and cuts the connection. */
export class Proxy implements AsyncDisposable {
  readonly #server = createServer((client) => this.#connect(client));
  readonly #sockets = new Set<Socket>();
  readonly #target: number;
  #cut: Cut | undefined;

  private constructor(target: number) {
    this.#target = target;
  }

  /** Begins to listen on loopback, for a server at that port. */
  static async start(target: number): Promise<Proxy> {
    const proxy = new Proxy(target);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return (proxyAddress(this.#server.address())).port;
  }

  cut(how: Cut): void {
    this.#cut = how;
    if (how === "reset") this.#hangUp();
  }

  /** Lets through what connects from now on. */
  mend(): void {
    this.#cut = undefined;
    this.#hangUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hangUp();
    this.#server.close();
    await once(this.#server, "close");
  }

  #connect(client: Socket): void {
    this.#keep(client);
    if (this.#cut === "reset") client.destroy();
    if (this.#cut) return;
    const server = connect(this.#target, "127.0.0.1");
    this.#keep(server);
    for (const [from, to] of [[client, server], [server, client]] as const) {
      from.on("data", (data) => {
        if (!this.#cut) to.write(data);
      });
      from.on("close", () => {
        if (this.#cut !== "silent") to.destroy();
      });
    }
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function proxyAddress(address: AddressInfo | string | null): AddressInfo {
  if (address && typeof address === "object") return address;
  throw new Error(`The proxy listens at ${address}`);
}
