import { gzipSync } from "node:zlib";
import { minify } from "npm:terser@5.51.4";

/**
 * How many bytes modules with all they reach are, minified and compressed; but
 * for the manager, which whoever adds a task to one has anyway.
 */
export async function sizesOf(
  paths: readonly string[],
  root: string,
): Promise<number[]> {
  const sizes: number[] = [];
  // In turn: the first one fetches the bundler, which no two can do at once.
  for (const path of paths) {
    const { code } = await minify(await bundled(path, root), {
      module: true,
      ecma: 2022,
      compress: { passes: 3 },
    });
    sizes.push(gzipSync(code!, { level: 9 }).length);
  }
  return sizes;
}

async function bundled(path: string, root: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      "--quiet",
      "--no-lock",
      "--minify",
      "--external=../mod.ts",
      path,
    ],
    cwd: root,
  }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`Cannot bundle ${path}:\n${decoder.decode(stderr)}`);
}
