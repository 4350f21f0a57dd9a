import { resolve } from "node:path";
import * as esbuild from "npm:esbuild@0.28.2";
import { root } from "./package.ts";
import { specifiers } from "./specifiers.ts";

/** What came of bundling. */
export interface Bundle {
  /** The paths of the bundles. */
  readonly files: readonly string[];
  /** The npm packages that the bundles import, with their versions. */
  readonly packages: readonly string[];
}

/**
 * Bundles test files for Node, each into a file of its own that imports the
 * package and what comes from npm.
 */
export async function bundle(
  sources: readonly string[],
  folder: string,
): Promise<Bundle> {
  const packages = new Set<string>();
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [...sources],
    outbase: root,
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    loader: { ".jsonl": "text" },
    sourcemap: "inline",
    sourcesContent: false,
    metafile: true,
    plugins: [
      specifiers("./bdd_node.ts", ({ specifier, npmPackage }) => {
        if (npmPackage) packages.add(npmPackage);
        return { path: specifier, external: true };
      }),
    ],
  });
  const files = Object.keys(metafile.outputs).map((file) =>
    resolve(root, file)
  );
  return { files, packages: [...packages] };
}
