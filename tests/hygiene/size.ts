import { gzipSync } from "node:zlib";
import * as esbuild from "npm:esbuild@0.28.2";

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
    return gzipSync(file!.contents, { level: 9 }).length;
  }));
  await esbuild.stop();
  return sizes;
}
