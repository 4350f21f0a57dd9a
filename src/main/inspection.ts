import type { ManagerEvent } from "../events.ts";
import type { Failures } from "../inspector/failures.ts";
import type { Inspector } from "../inspector/inspector.ts";
import type {
  InspectorNodeRequest,
  InspectorNodeResponse,
} from "../inspector/node_listener.ts";
import { messageOf } from "../messages.ts";
import type { ProcessHere } from "../signals/process_here.ts";
import type { InspectOptions, MainManager } from "./options.ts";
import { print } from "./print.ts";

const HOST = "127.0.0.1";

/**
 * How often and how long the end waits for what those who look are told last, in
 * milliseconds: a process that gets no time sends nothing in one long wait.
 */
const [TURNS, TURN] = [5, 10];

interface Socket {
  unref?(): unknown;
  on(event: "close", listener: () => void): unknown;
}

/** A server of `node:http`. */
interface HttpServer {
  on(event: "connection", listener: (socket: Socket) => void): unknown;
  on(event: "error", listener: (error: unknown) => void): unknown;
  listen(at: { port: number; host: string }, listening: () => void): unknown;
  address(): unknown;
  unref(): unknown;
  close(): unknown;
  closeAllConnections(): unknown;
}

/** A process that may have `node:http`. */
interface HttpProcess extends ProcessHere {
  getBuiltinModule?(name: "node:http"): {
    createServer(
      listener: (
        request: InspectorNodeRequest,
        response: InspectorNodeResponse,
      ) => void,
    ): HttpServer;
  };
}

/** The page of a manager, which is served until the process ends. */
export class Inspection {
  readonly #process: HttpProcess;
  readonly #inspector: Inspector;
  readonly #failures: Failures;
  readonly #sockets = new Set<Socket>();
  #server: HttpServer | undefined;

  private constructor(
    process: HttpProcess,
    inspector: Inspector,
    failures: Failures,
  ) {
    this.#process = process;
    this.#inspector = inspector;
    this.#failures = failures;
  }

  /** Loads the inspector, serves it, and prints where; or why it is not. */
  static async begin(
    process: HttpProcess,
    manager: MainManager,
    { port, ...options }: InspectOptions,
  ): Promise<Inspection> {
    const { inspectorOf } = await import("../inspector/inspector.ts");
    const { Failures } = await import("../inspector/failures.ts");
    const failures = new Failures();
    const inspector = inspectorOf(manager, options, failures);
    const inspection = new Inspection(process, inspector, failures);
    try {
      const at = await inspection.#listen(port);
      print(`Inspector: http://${HOST}:${at}/#${inspection.#inspector.token}`);
    } catch (thrown) {
      const why = reasonOf(thrown, port);
      print(`The inspector is not served, and the program runs on: ${why}`);
    }
    return inspection;
  }

  /** Takes in what has happened, whether anybody looks or not. */
  hear(event: ManagerEvent): void {
    this.#failures.hear(event);
  }

  /** What keeps Deno from seeing that nothing is left to wait for. */
  resources(): string[] {
    if (!this.#server || !this.#process.versions?.deno) return [];
    return ["TCPServerWrap", ...[...this.#sockets].map(() => "TCPSocketWrap")];
  }

  /**
   * Ends what those who look are told, and resolves when it may be with them: of
   * a connection that breaks off, a browser drops what its page has not read yet.
   */
  async lastWord(): Promise<void> {
    this.#inspector[Symbol.dispose]();
    for (let turn = 0; turn < TURNS && this.#sockets.size > 0; turn++) {
      await new Promise((resolve) => setTimeout(resolve, TURN));
    }
  }

  end(): void {
    this.#inspector[Symbol.dispose]();
    this.#server?.close();
    this.#server?.closeAllConnections();
  }

  /** Returns the port. It keeps no process alive. */
  #listen(port: number): Promise<number> {
    const http = this.#process.getBuiltinModule?.("node:http");
    if (!http) throw new Error("This runtime has no node:http to be had");
    const server = http.createServer(this.#inspector.node);
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.unref?.();
    });
    return new Promise((resolve, reject) => {
      server.on("error", reject);
      server.listen({ port, host: HOST }, () => {
        this.#server = server;
        server.unref();
        resolve(Number(Object(server.address()).port));
      });
    });
  }
}

function reasonOf(thrown: unknown, port: number): string {
  const { code } = Object(thrown);
  return code === "EADDRINUSE"
    ? `port ${port} of ${HOST} is in use`
    : messageOf(thrown);
}
