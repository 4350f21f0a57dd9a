import { dirname } from "node:path";
import config from "../../../deno.json" with { type: "json" };
import { Folder } from "../clients/folder.ts";
import { pinned } from "../clients/tools.ts";
import { name, npmName, root } from "../node/package.ts";
import { createProject } from "../node/project.ts";
import { nodeOfNpm } from "../node/runtimes.ts";
import { findNamespace } from "./namespace.ts";
import { Terminal } from "./terminal.ts";

const PROGRAM = new URL("program.mjs", import.meta.url);

const TOOLS = [
  "bun",
  "concurrently",
  "cross-env",
  "dotenv-cli",
  "nodemon",
  "pnpm",
  "tsx",
  "yarn",
] as const;

/** The program, and what it takes to start it in every way. */
export interface Workshop {
  readonly versions: Readonly<
    Record<"deno" | "newestNode" | "node" | "npm", string>
  >;
  /** The path of the newest Node. */
  readonly newestNode: string;
  /** What starts a program as PID 1, unless this machine forbids it. */
  readonly namespace: string | undefined;
  /** Opens a terminal in the folder of the program. */
  readonly open: () => Terminal;
}

/**
 * Makes an npm project that has the tools and the packed package, and in it a
 * folder with the program, where Deno has the package as it is here.
 */
export async function createWorkshop(scratch: string): Promise<Workshop> {
  await createProject(scratch, TOOLS.map(pinned));
  const programs = [`${scratch}/node_modules/.bin`, dirname(Deno.execPath())];
  // A folder of its own, as pnpm and Deno install what a package.json asks for.
  const folder = new Folder(`${scratch}/program`, programs);
  const source = await Deno.readTextFile(PROGRAM);
  await folder.write("program.mjs", source.replaceAll(name, npmName));
  await folder.write("package.json", JSON.stringify(PACKAGE));
  await folder.write("deno.json", JSON.stringify(DENO));
  const newestNode = await nodeOfNpm("latest", scratch);
  const versionOf = (node: string) =>
    folder.run(`${node} --print process.versions.node`);
  return {
    versions: {
      deno: Deno.version.deno,
      newestNode: await versionOf(newestNode),
      node: await versionOf("node"),
      npm: await folder.run("npm --version"),
    },
    newestNode,
    namespace: await findNamespace(folder),
    open: () => new Terminal(folder.path, programs),
  };
}

const PACKAGE = { private: true, scripts: { start: "node program.mjs" } };

const DENO = {
  lock: false,
  tasks: { start: "deno run -A program.mjs" },
  imports: Object.fromEntries(
    Object.entries(config.exports).map(([entry, path]) => [
      npmName + entry.slice(1),
      `file://${root}/${path}`,
    ]),
  ),
};
