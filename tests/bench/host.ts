import { installTools, VERSIONS } from "../clients/tools.ts";
import { bundle } from "../node/bundle.ts";

import { root } from "../node/package.ts";
import { createProject } from "../node/project.ts";
import { nodeOfNpm, versionOf } from "../node/runtimes.ts";
import type { Runtime } from "./bars.ts";

/** A runtime that programs of this folder run on. */
export interface Host {
  readonly runtime: Runtime;
  readonly version: string;
  /** Runs one to its end, and returns what it printed. */
  readonly run: (program: Program, args: readonly string[]) => Promise<string>;
}

const PROGRAMS = ["program", "import_time"] as const;
type Program = typeof PROGRAMS[number];

/**
 * Gets a runtime.
 *
 * @param name `deno`, a Node of npm, as `20` or `latest`, or `bun`.
 * @param scratch A folder for an npm project, on which Node and Bun need it.
 */
export async function hostOf(name: string, scratch: string): Promise<Host> {
  if (name === "deno") return deno;
  const { files, packages } = await bundle(
    PROGRAMS.map((program) => `tests/bench/${program}.ts`),
    scratch,
  );
  await createProject(scratch, packages);
  const run =
    (command: string, flags: readonly string[]): Host["run"] =>
    (program, args) => {
      const file = files[PROGRAMS.indexOf(program)]!;
      return spawn(command, [...flags, file, ...args], scratch);
    };
  if (name === "bun") {
    const bun = `${await installTools(`${scratch}/bun`, ["bun"])}/bun`;
    return { runtime: "Bun", version: VERSIONS.bun, run: run(bun, []) };
  }
  const node = await nodeOfNpm(name, scratch);
  return {
    runtime: name === "20" ? "Node 20" : "Node",
    version: (await versionOf(node)).replace("v", ""),
    run: run(node, ["--expose-gc"]),
  };
}

const deno: Host = {
  runtime: "Deno",
  version: Deno.version.deno,
  run: (program, args) =>
    spawn(Deno.execPath(), [
      "run",
      "-A",
      "--v8-flags=--expose-gc",
      "--import-map=tests/std/import_map.json",
      "--lock=deno.lock",
      "--frozen",
      `tests/bench/${program}.ts`,
      ...args,
    ], root),
};

/** What it prints on standard error is shown as it comes. */
async function spawn(
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<string> {
  const { code, stdout } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`"${command}" ended with ${code}`);
  return new TextDecoder().decode(stdout);
}
