import { basename } from "node:path";
import { installTools, VERSIONS } from "../clients/tools.ts";
import { bundleChecks, testInBundle } from "./programs.ts";
import type { RuntimeSource } from "./runtime.ts";

const LONGEST_RUN = 120_000;

/** The workerd of npm. */
export const workerd: RuntimeSource = {
  name: "workerd",
  async get(project, tryOne) {
    const folder = `${project.folder}/workerd`;
    const program = `${await installTools(folder, ["workerd"])}/workerd`;
    const version = VERSIONS.workerd;
    const place = {
      host: "workerd",
      async run(bundle: string): Promise<unknown> {
        const config = `${bundle}.capnp`;
        await Deno.writeTextFile(config, configOf(bundle, dateOf(version)));
        return await ask(program, config);
      },
    } as const;
    await tryOne({
      ...place,
      name: "workerd",
      version,
      test: () => testInBundle(place, project),
      checks: bundleChecks(place, project),
    });
  },
};

/** The newest compatibility date of a version such as `1.20261117.1`. */
function dateOf(version: string): string {
  return version.replace(/^1\.(\d{4})(\d{2})(\d{2})\..*$/, "$1-$2-$3");
}

function configOf(bundle: string, date: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [
    (name = "http", address = "127.0.0.1:0", http = (), service = "main"),
  ],
);
const worker :Workerd.Worker = (
  modules = [(name = "main", esModule = embed "${basename(bundle)}")],
  compatibilityDate = "${date}",
);
`;
}

/** Serves a worker, and returns what it answers. */
async function ask(program: string, config: string): Promise<unknown> {
  const server = new Deno.Command(program, {
    args: ["serve", config, "--control-fd=1"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [control, log] = server.stdout.tee();
  const printed = new Response(log).text();
  const errors = new Response(server.stderr).text();
  let cause: unknown;
  try {
    const url = `http://127.0.0.1:${await portOn(control)}/`;
    const signal = AbortSignal.timeout(LONGEST_RUN);
    const response = await fetch(url, { signal });
    if (response.ok) return await response.json();
    cause = await response.text();
  } catch (error) {
    cause = error;
  } finally {
    server.kill("SIGKILL");
    await server.status;
  }
  const lastLine = (await printed).trimEnd().split("\n").pop();
  const message = `workerd failed after "${lastLine}":\n${await errors}`;
  throw new Error(message, { cause });
}

/** The port of a server, once it listens. */
async function portOn(
  control: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string | undefined> {
  let said = "";
  for await (const piece of control.pipeThrough(new TextDecoderStream())) {
    said += piece;
    const port = said.match(/"port":(\d+)/)?.[1];
    if (port) return port;
  }
}
