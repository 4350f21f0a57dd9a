import { byDeno } from "../../tools/runtimes/bundle.ts";
import { type Output, output } from "../../tools/node/command.ts";

/** A program that prints what a person reads, in the folder programs. */
export type TerminalProgram = "terminal_errors" | "terminal_shown";

/** Runs such a program on one runtime, and returns what it printed. */
export type Terminal = (
  program: TerminalProgram,
  ...args: readonly string[]
) => Promise<Output>;

/** Runs the programs with a command, each in a bundle in that folder. */
export function terminal(
  folder: string,
  command: string,
  ...flags: readonly string[]
): Terminal {
  const bundles = new Map<TerminalProgram, Promise<string>>();
  return async (program, ...args) => {
    if (!bundles.has(program)) bundles.set(program, bundled(program, folder));
    const bundle = await bundles.get(program)!;
    return await output(command, [...flags, bundle, ...args], { cwd: folder });
  };
}

async function bundled(
  program: TerminalProgram,
  folder: string,
): Promise<string> {
  const path = new URL(`../programs/${program}.ts`, import.meta.url).pathname;
  const bundle = `${folder}/${program}.mjs`;
  await byDeno(`import ${JSON.stringify(path)};`, folder, bundle);
  return bundle;
}
