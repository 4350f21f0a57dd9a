import { installTools, VERSIONS } from "../tools/clients/tools.ts";
import { bundle } from "../tools/node/bundle.ts";
import { root } from "../tools/node/package.ts";
import { createProject } from "../tools/node/project.ts";
import { nodeOfNpm, versionOf } from "../tools/node/runtimes.ts";

/** A runtime that programs of this folder run on. */
export interface Host {
  /** Its name, with the release if that is neither the only nor the newest. */
  readonly runtime: string;
  readonly version: string;
  /** The path that it knows a file of this folder by, named without extension. */
  readonly fileOf: (name: string) => string;
  /** Runs one to its end, and returns what it printed. */
  readonly run: (program: string, args: readonly string[]) => Promise<string>;
}

const FOLDER = "tests/bench";

/**
 * Gets a runtime.
 *
 * @param name `deno`, a Node of npm, as `20` or `latest`, or `bun`.
 * @param scratch A folder for an npm project, on which Node and Bun need it.
 */
export async function hostOf(name: string, scratch: string): Promise<Host> {
  if (name === "deno") return deno;
  const { packages } = await bundle(sources(), scratch);
  await createProject(scratch, packages);
  const fileOf = (name: string) => `${scratch}/${FOLDER}/${name}.mjs`;
  const run =
    (command: string, flags: readonly string[]): Host["run"] =>
    (program, args) =>
      spawn(command, [...flags, fileOf(program), ...args], scratch);
  if (name === "bun") {
    const bun = `${await installTools(`${scratch}/bun`, ["bun"])}/bun`;
    const { bun: version } = VERSIONS;
    return { runtime: "Bun", version, fileOf, run: run(bun, []) };
  }
  const node = await nodeOfNpm(name, scratch);
  return {
    runtime: name === "latest" ? "Node" : `Node ${name}`,
    version: (await versionOf(node)).replace("v", ""),
    fileOf,
    run: run(node, ["--expose-gc"]),
  };
}

/** The programs, and the contenders, which one of them loads by their paths. */
function sources(): string[] {
  const programs = ["program", "first_run", "import_time", "million"];
  const contenders = [...Deno.readDirSync(`${root}/${FOLDER}/contenders`)];
  return [
    ...programs.map((name) => `${FOLDER}/${name}.ts`),
    ...contenders.map(({ name }) => `${FOLDER}/contenders/${name}`),
  ];
}

const deno: Host = {
  runtime: "Deno",
  version: Deno.version.deno,
  fileOf: (name) => `${root}/${FOLDER}/${name}.ts`,
  run: (program, args) =>
    spawn(Deno.execPath(), [
      "run",
      "-A",
      "--v8-flags=--expose-gc",
      "--import-map=tests/std/import_map.json",
      "--lock=deno.lock",
      "--frozen",
      deno.fileOf(program),
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
