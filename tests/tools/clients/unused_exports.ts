import config from "../../../deno.json" with { type: "json" };
import { name, root } from "../node/package.ts";
import { consumerFiles } from "./consumer_files.ts";
import { Folder } from "./folder.ts";

const IMPORT = /^import (?:type )?\{([^}]+)\} from "([^"]+)";$/gm;

/** What the package exports, types included, and the consumer never imports. */
export async function unusedExports(): Promise<string[]> {
  const used = consumerFiles().flatMap(([, content]) => importsOf(content));
  const exported: string[] = [];
  for (const [key, path] of Object.entries(config.exports)) {
    const names = await exportsOf(path);
    exported.push(...names.map((each) => `${each} of ${name}${key.slice(1)}`));
  }
  return exported.filter((each) => !used.includes(each));
}

function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].flatMap(([, names = "", specifier]) =>
    names.split(",").map((each) =>
      `${each.replaceAll(/\btype | as .*/g, "").trim()} of ${specifier}`
    )
  );
}

async function exportsOf(path: string): Promise<string[]> {
  const deno = Deno.execPath();
  const printed = await new Folder(root).run(`${deno} doc --json ${path}`);
  const [module] = Object.values<Documented>(JSON.parse(printed).nodes);
  return module?.symbols.map(({ name }) => name) ?? [];
}

interface Documented {
  readonly symbols: readonly { readonly name: string }[];
}
