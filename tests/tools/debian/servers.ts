import { output, succeed } from "../node/command.ts";
import { freePort } from "./ports.ts";
import { Program } from "./program.ts";

/** Environment, folder and lifetime of what runs until we stop it. */
const AS_LONG_AS_WE_RUN = [{}, "/", 20 * 60_000] as const;

/** Installs what Debian has of these, unless it is there. */
export async function install(): Promise<void> {
  const missing = [
    ...(await postgresFolder() ? [] : ["postgresql"]),
    ...(await isThere("redis-server") ? [] : ["redis-server"]),
  ];
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

/** Postgres refuses to run as root. */
const AS_POSTGRES: readonly string[] = [
  "setpriv",
  "--reuid=postgres",
  "--regid=postgres",
  "--clear-groups",
];

/** A Postgres that keeps what it has when it is stopped. */
export async function postgres(folder: string): Promise<Service> {
  const programs = await postgresFolder();
  if (!programs) throw new Error("Debian's postgresql is missing");
  const data = `${folder}/postgres`;
  await Deno.mkdir(data);
  const isRoot = Deno.uid() === 0;
  const asUser = (command: string[]) =>
    isRoot ? [...AS_POSTGRES, ...command] : command;
  if (isRoot) await succeed("chown", ["postgres", data], { cwd: "/" });
  await Deno.chmod(folder, 0o755);
  const [init = "", ...args] = asUser([
    `${programs}initdb`,
    ...["--pgdata", data, "--username=postgres", "--auth=trust", "--no-sync"],
  ]);
  await succeed(init, args, { cwd: "/" });
  return new Service(freePort(), async (port) => {
    const [command = "", ...args] = asUser([
      `${programs}postgres`,
      ...["-D", data, "-p", `${port}`, "-k", "", "-F"],
      ...["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=100"],
    ]);
    const program = new Program(command, args, ...AS_LONG_AS_WE_RUN);
    await program.printed(/database system is ready to accept connections/);
    return program;
  });
}
