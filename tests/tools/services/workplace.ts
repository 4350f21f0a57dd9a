import { bundle } from "../node/bundle.ts";
import { root } from "../node/package.ts";
import { createProject } from "../node/project.ts";
import { postgres, redis, type Service } from "../debian/servers.ts";
import { freePort } from "../debian/ports.ts";
import { Program } from "../debian/program.ts";

const SERVICE = `${root}/examples/recipes/service.ts`;
const RIVAL = `${root}/tests/tools/services/programs/rival.ts`;
const SERVER = `${root}/tests/tools/services/programs/server.ts`;
const LOAD_BALANCER = `${root}/tests/tools/services/programs/load_balancer.mjs`;

/** What an order service is started with. */
export interface OrderService {
  readonly program: Program;
  /** Where orders are posted. */
  readonly orders: string;
  /** Where it says whether it is ready. */
  readonly readyz: string;
}

/** The runtimes that programs run on. */
export type RuntimeName = "Node" | "Deno";

/** Postgres and Redis, the programs for Node, and the way to start them. */
export class Workplace {
  readonly postgres: Service;
  readonly redis: Service;
  readonly #folder: string;
  /** The bundle for Node of each program. */
  readonly #bundles: ReadonlyMap<string, string>;

  private constructor(
    folder: string,
    services: readonly [Service, Service],
    bundles: ReadonlyMap<string, string>,
  ) {
    this.#folder = folder;
    [this.postgres, this.redis] = services;
    this.#bundles = bundles;
  }

  static async make(folder: string): Promise<Workplace> {
    const services = [await postgres(folder), await redis(folder)] as const;
    await Promise.all(services.map((each) => each.start()));
    const project = `${folder}/project`;
    await Deno.mkdir(project);
    const programs = [SERVICE, RIVAL, SERVER];
    const { files, packages } = await bundle(programs, project);
    await createProject(project, packages);
    const bundleOf = (program: string) => {
      const name = program.replace(/^.*\/(\w+)\.ts$/, "/$1.mjs");
      return files.find((file) => file.endsWith(name)) ?? "";
    };
    const bundles = programs.map((each) => [each, bundleOf(each)] as const);
    return new Workplace(folder, services, new Map(bundles));
  }

  /** Starts the order service, or one that is stopped in another way. */
  order(
    runtime: RuntimeName,
    env: Record<string, string> = {},
    what: "service" | "rival" = "service",
  ): OrderService {
    const [port, health] = [freePort(), freePort()];
    const program = this.#start(
      runtime,
      what === "service" ? SERVICE : RIVAL,
      {
        PORT: `${port}`,
        HEALTH_PORT: `${health}`,
        REDIS_PORT: `${this.redis.port}`,
        DATABASE_URL: this.databaseUrl,
        LOCK_MS: "2000",
        ...env,
      },
    );
    return {
      program,
      orders: `http://127.0.0.1:${port}/orders`,
      readyz: `http://127.0.0.1:${health}/readyz`,
    };
  }

  get databaseUrl(): string {
    return `postgres://postgres@127.0.0.1:${this.postgres.port}/postgres`;
  }

  /** Starts a small server in one of its modes. */
  server(
    runtime: RuntimeName,
    mode: string,
    env: Record<string, string> = {},
  ): Program {
    return this.#start(runtime, SERVER, { MODE: mode, ...env });
  }

  /** Sends orders until the service is not ready, or for that many seconds. */
  load({ orders, readyz }: OrderService, seconds: number): Program {
    return new Program("node", [LOAD_BALANCER, orders, `${seconds}`], {
      READYZ: readyz,
    });
  }

  #start(
    runtime: RuntimeName,
    program: string,
    env: Record<string, string>,
  ): Program {
    if (runtime === "Node") {
      const bundle = this.#bundles.get(program) ?? "";
      return new Program("node", [bundle], env, this.#folder);
    }
    return new Program(
      Deno.execPath(),
      [
        "run",
        "-A",
        "--quiet",
        "--import-map=tests/std/import_map.json",
        "--lock=deno.lock",
        "--frozen",
        program,
      ],
      env,
      root,
    );
  }
}
