import { byDeno } from "../runtimes/bundle.ts";
import { installTools } from "../clients/tools.ts";
import { nodeOfNpm } from "../node/runtimes.ts";
import { Program } from "../debian/program.ts";
import { Marked } from "./marked.ts";

/** A program on a runtime, which starts children. */
export interface Parent {
  readonly name: string;
  start(...args: string[]): { program: Program; marked: Marked };
}

/** The program on every runtime that has children, by bundles in a folder. */
export async function parentsIn(folder: string): Promise<Parent[]> {
  const bundle = `${folder}/program.mjs`;
  const { pathname } = new URL("programs/program.ts", import.meta.url);
  await byDeno(`import ${JSON.stringify(pathname)};`, folder, bundle);
  const bun = await installTools(`${folder}/bun`, ["bun"]);
  const commands = {
    "Deno": [Deno.execPath(), "run", "-A", "--quiet", "--no-lock"],
    "Node 20": [await nodeOfNpm("20", folder)],
    "the newest Node": [await nodeOfNpm("latest", folder)],
    "Bun": [`${bun}/bun`],
  };
  return Object.entries(commands).map(([name, [command = "", ...flags]]) => ({
    name,
    start(...args) {
      const marked = new Marked();
      const all = [...flags, bundle, ...args];
      return { program: new Program(command, all, marked.env, folder), marked };
    },
  }));
}
