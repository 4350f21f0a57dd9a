// The package as JSR hands it to npm: JavaScript beside the TypeScript, and the
// declarations in `_dist`.
import config from "../../../deno.json" with { type: "json" };
import { npmName, root } from "../node/package.ts";
import { succeed } from "../node/command.ts";
import { type Files, filesIn, writeFiles } from "./files.ts";

const encoder = new TextEncoder();

/** Packs what was published, and no more. */
export async function npmTarball(
  published: Files,
): Promise<Uint8Array<ArrayBuffer>> {
  const scratch = await Deno.makeTempDir({ prefix: "goasync-" });
  const tar = (...args: string[]) => succeed("tar", args, { cwd: scratch });
  try {
    const packed = `--output=${scratch}/packed.tgz`;
    await succeed(
      Deno.execPath(),
      ["pack", "--quiet", "--allow-dirty", packed],
      { cwd: root },
    );
    await tar("-xzf", "packed.tgz");
    const emitted = await filesIn(`${scratch}/package`);
    await Deno.remove(`${scratch}/package`, { recursive: true });
    await writeFiles(`${scratch}/package`, npmFiles(published, emitted));
    await tar("-czf", "package.tgz", "package");
    return await Deno.readFile(`${scratch}/package.tgz`);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

function npmFiles(published: Files, emitted: Files): Files {
  const files = new Map(published);
  files.set("package.json", encoder.encode(JSON.stringify(manifest, null, 2)));
  for (const path of published.keys()) {
    if (!path.endsWith(".ts")) continue;
    const module = emitted.get(scriptOf(path));
    const types = emitted.get(typesOf(path));
    if (module) files.set(scriptOf(path), module);
    if (types) files.set(`_dist/${typesOf(path)}`, types);
  }
  return files;
}

const manifest = {
  name: npmName,
  version: config.version,
  type: "module",
  dependencies: {},
  exports: Object.fromEntries(
    Object.entries(config.exports).map(([key, path]) => [key, {
      types: `./_dist/${typesOf(path.slice(2))}`,
      default: scriptOf(path),
    }]),
  ),
};

function scriptOf(path: string): string {
  return path.replace(/\.ts$/, ".js");
}

function typesOf(path: string): string {
  return path.replace(/\.ts$/, ".d.ts");
}
