import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { name, root } from "../node/package.ts";

/** Files by their path in the package, such as `src/task.ts`. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/** What a publish would upload, and nothing else. */
export async function publishedFiles(): Promise<Files> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty", "--no-lock"],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const printed = new TextDecoder().decode(stderr);
  if (!success) throw new Error(`Cannot publish ${name}:\n${printed}`);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const [, url = ""] of printed.matchAll(/^ +(file:.+) \([^)]+\)$/gm)) {
    const path = url.slice(`${pathToFileURL(root)}/`.length);
    files.set(path, await Deno.readFile(`${root}/${path}`));
  }
  return files;
}

/** What a folder holds. */
export async function filesIn(folder: string): Promise<Files> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (!isDirectory) files.set(name, await Deno.readFile(path));
    else {
      for (const [within, content] of await filesIn(path)) {
        files.set(`${name}/${within}`, content);
      }
    }
  }
  return files;
}

/** Writes files into a folder. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [path, content] of files) {
    const target = `${folder}/${path}`;
    await Deno.mkdir(dirname(target), { recursive: true });
    await Deno.writeFile(target, content);
  }
}
