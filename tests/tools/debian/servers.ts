import { output, succeed } from "../node/command.ts";
import { freePort } from "./ports.ts";
import { Program } from "./program.ts";

/** Environment, folder and lifetime of what runs until we stop it. */
const AS_LONG_AS_WE_RUN = [{}, "/", 20 * 60_000] as const;

/** Installs Postgres, Redis and what else is named, of Debian, unless it is there. */
export async function install(...others: string[]): Promise<void> {
  const missing = await postgresFolder() ? [] : ["postgresql"];
  for (const name of ["redis-server", ...others]) {
    if (!await isThere(name)) missing.push(name);
  }
  if (missing.length === 0) return;
  console.log(`Installs ${missing.join(" and ")}`);
  const cwd = "/";
  const flags = ["--quiet", "--yes", "--no-install-recommends"];
  await succeed("apt-get", ["--quiet", "update"], { cwd });
  await succeed("apt-get", ["install", ...flags, ...missing], { cwd });
}

async function isThere(command: string): Promise<boolean> {
  const { code } = await output("which", [command], { cwd: "/" });
  return code === 0;
}

/** The folder of Postgres' programs, which Debian keeps out of the PATH. */
async function postgresFolder(): Promise<string | undefined> {
  const { stdout } = await output(
    "bash",
    ["-c", "ls -d /usr/lib/postgresql/*/bin/ 2>/dev/null | sort -V | tail -1"],
    { cwd: "/" },
  );
  return stdout.trim() || undefined;
}

/** A server of Debian that is started, stopped and started again. */
export class Service implements AsyncDisposable {
  readonly port: number;
  readonly #start: (port: number) => Promise<Program>;
  #program: Program | undefined;

  constructor(port: number, start: (port: number) => Promise<Program>) {
    this.port = port;
    this.#start = start;
  }

  async start(): Promise<void> {
    this.#program = await this.#start(this.port);
  }

  /** Stops it, and hangs up its clients. */
  async stop(): Promise<void> {
    this.#program?.kill("SIGINT");
    await this.#program?.ended;
    this.#program = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** A Redis that keeps what it has when it is stopped. */
export async function redis(folder: string): Promise<Service> {
  const data = `${folder}/redis`;
  await Deno.mkdir(data);
  return new Service(freePort(), async (port) => {
    const program = new Program("redis-server", [
      ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", data],
      ...["--save", "", "--appendonly", "yes", "--appendfsync", "everysec"],
    ], ...AS_LONG_AS_WE_RUN);
    await program.printed(/Ready to accept connections/);
    return program;
  });
}

/** Postgres and PgBouncer refuse to run as root. */
function asPostgres(command: readonly string[]): readonly string[] {
  if (Deno.uid() !== 0) return command;
  const user = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];
  return ["setpriv", ...user, ...command];
}

/** A PgBouncer before a Postgres, which gives each transaction any connection. */
export async function pgbouncer(
  folder: string,
  postgres: Service,
): Promise<Service> {
  const data = `${folder}/pgbouncer`;
  await Deno.mkdir(data);
  const file = `${data}/pgbouncer.ini`;
  return new Service(freePort(), async (port) => {
    await Deno.writeTextFile(
      file,
      `[databases]
postgres = host=127.0.0.1 port=${postgres.port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`,
    );
    const [command = "", ...args] = asPostgres(["pgbouncer", file]);
    const program = new Program(command, args, ...AS_LONG_AS_WE_RUN);
    await program.printed(/process up/);
    return program;
  });
}

/** A Postgres that keeps what it has when it is stopped. */
export async function postgres(folder: string): Promise<Service> {
  const programs = await postgresFolder();
  if (!programs) throw new Error("Debian's postgresql is missing");
  const data = `${folder}/postgres`;
  await Deno.mkdir(data);
  if (Deno.uid() === 0) {
    await succeed("chown", ["postgres", data], { cwd: "/" });
  }
  await Deno.chmod(folder, 0o755);
  const [init = "", ...args] = asPostgres([
    `${programs}initdb`,
    ...["--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync"],
  ]);
  await succeed(init, args, { cwd: "/" });
  return new Service(freePort(), async (port) => {
    const [command = "", ...args] = asPostgres([
      `${programs}postgres`,
      ...["-D", data, "-p", `${port}`, "-k", "", "-F"],
      ...["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=100"],
    ]);
    const program = new Program(command, args, ...AS_LONG_AS_WE_RUN);
    await program.printed(/database system is ready to accept connections/);
    return program;
  });
}
