import { resolve } from "node:path";
import * as esbuild from "npm:esbuild@0.28.2";
import importMap from "../std/import_map.json" with { type: "json" };
import { name, npmName, root } from "./package.ts";

const standIns: Record<string, string> = {
  ...importMap.imports,
  "@std/testing/bdd": "./bdd_node.ts",
};

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
    plugins: [{
      name: "specifiers",
      setup: ({ onResolve }) => {
        onResolve({ filter: /^@?\w/ }, ({ kind, path }) => {
          if (kind === "entry-point") return;
          return resolveSpecifier(path, packages);
        });
      },
    }],
  });
  await esbuild.stop();
  const files = Object.keys(metafile.outputs).map((file) =>
    resolve(root, file)
  );
  return { files, packages: [...packages] };
}

function resolveSpecifier(
  specifier: string,
  packages: Set<string>,
): esbuild.OnResolveResult | undefined {
  if (specifier === name || specifier.startsWith(`${name}/`)) {
    return { path: npmName + specifier.slice(name.length), external: true };
  }
  const target = standIns[specifier] ?? specifier;
  if (target.startsWith("./")) {
    return { path: resolve(root, "tests/std", target) };
  }
  if (!target.startsWith("npm:")) return;
  const npmPackage = target.slice("npm:".length);
  packages.add(npmPackage);
  return { path: npmPackage.replace(/(?<=.)@.*$/, ""), external: true };
}
