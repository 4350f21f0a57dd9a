/** What `Deno.serve` takes besides what the task gives it. */
export interface ServeOptions {
  /**
   * The port; 0 is any that is free.
   *
   * @default {8000}
   */
  port?: number;
  /**
   * The address or the name of the host.
   *
   * @default {"0.0.0.0"}
   */
  hostname?: string;
  /**
   * Whether other processes may listen at the same port.
   *
   * @default {false}
   */
  reusePort?: boolean;
  /**
   * How many connections may wait to be accepted.
   *
   * @default {511}
   */
  tcpBacklog?: number;
  /**
   * The path of a Unix socket, in place of a port.
   *
   * @default {none}
   */
  path?: string;
  /**
   * The certificate for TLS, as PEM.
   *
   * @default {none}
   */
  cert?: string;
  /**
   * The key for TLS, as PEM.
   *
   * @default {none}
   */
  key?: string;
  /**
   * Whether answers are compressed where the client takes that.
   *
   * @default {false}
   */
  automaticCompression?: boolean;
  /**
   * Answers in place of a handler that has thrown.
   *
   * @default {status 500, and a line on standard error}
   */
  onError?: (error: unknown) => Response | Promise<Response>;
}

/** What `Deno.serve` returns. */
export interface DenoHttpServer {
  readonly addr: unknown;
  readonly finished: Promise<void>;
  shutdown(): Promise<void>;
}

/** What is needed of Deno. */
export interface DenoRuntime {
  serve<Info>(
    options: ServeOptions & { signal: AbortSignal; onListen: () => void },
    handler: (request: Request, info: Info) => Promise<Response>,
  ): DenoHttpServer;
  readonly env: { get(name: string): string | undefined };
  readonly permissions: {
    querySync(
      descriptor:
        | { name: "env"; variable: string }
        | { name: "read"; path: string },
    ): { readonly state: string };
  };
}

/** The Deno that this runs on. */
export function denoOf(action: string): DenoRuntime {
  const { Deno } = globalThis as { Deno?: Partial<DenoRuntime> };
  if (isDeno(Deno)) return Deno;
  throw new TypeError(
    `Cannot ${action} as this runtime has none: run it on Deno 2, or use httpServer of "@goasync/core/tasks/http-server"`,
  );
}

/** Whether this is Deno Deploy, as far as it may be asked. */
export function isOnDeploy({ env, permissions }: DenoRuntime): boolean {
  const variable = "DENO_DEPLOYMENT_ID";
  const { state } = permissions.querySync({ name: "env", variable });
  return state === "granted" && env.get(variable) !== undefined;
}

/** Whether a path may be read without asking a person. */
export function mayRead(path: string): boolean {
  const { Deno } = globalThis as { Deno?: Partial<DenoRuntime> };
  const { state = "granted" } =
    Deno?.permissions?.querySync({ name: "read", path }) ?? {};
  return state === "granted";
}

function isDeno(runtime?: Partial<DenoRuntime>): runtime is DenoRuntime {
  return typeof runtime?.serve === "function";
}
