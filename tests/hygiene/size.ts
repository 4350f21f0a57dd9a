import { gzipSync } from "node:zlib";
import * as esbuild from "npm:esbuild@0.28.2";
import { minify } from "npm:terser@5.51.4";

/** How many bytes modules with all they reach are, minified and compressed. */
export async function sizesOf(
  paths: readonly string[],
  root: string,
): Promise<number[]> {
  const sizes = await Promise.all(paths.map(async (path) => {
    const { outputFiles: [file] } = await esbuild.build({
      absWorkingDir: root,
      entryPoints: [path],
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      write: false,
    });
    const { code } = await minify(file!.text, {
      module: true,
      ecma: 2022,
      compress: { passes: 3 },
    });
    return gzipSync(code!, { level: 9 }).length;
  }));
  await esbuild.stop();
  return sizes;
}
