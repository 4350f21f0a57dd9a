import { succeed } from "./command.ts";
import { entries, name, npmName } from "./package.ts";

/** What each entry of the package exports. */
export type Exports = Readonly<Record<string, readonly string[]>>;

export async function exportsOnDeno(): Promise<Exports> {
  const exports: Record<string, string[]> = {};
  for (const entry of entries) {
    const module = await import(name + entry.slice(1));
    exports[entry] = Object.keys(module).sort();
  }
  return exports;
}

export async function exportsOnNode(
  node: string,
  scratch: string,
): Promise<Exports> {
  const program = `
    const exports = {};
    for (const entry of ${JSON.stringify(entries)}) {
      const module = await import("${npmName}" + entry.slice(1));
      exports[entry] = Object.keys(module).sort();
    }
    console.log(JSON.stringify(exports));`;
  const printed = await succeed(
    node,
    ["--input-type=module", "--eval", program],
    { cwd: scratch },
  );
  return JSON.parse(printed);
}
