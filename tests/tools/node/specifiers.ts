import { resolve } from "node:path";
import type * as esbuild from "npm:esbuild@0.28.2";
import importMap from "../../std/import_map.json" with { type: "json" };
import { name, npmName, root } from "./package.ts";

/** What a specifier that is no path stands for. */
export interface Module {
  /** What npm projects import in its place. */
  readonly specifier: string;
  /** The npm package to install for it, with its version, if it is not ours. */
  readonly npmPackage?: string;
}

/**
 * Has esbuild resolve what test files import: `@std` to the stand-ins, and our
 * package and npm packages as a function says.
 *
 * @param bdd The stand-in for `@std/testing/bdd`, a file of tests/std.
 * @param onModule Resolves a module of an npm package.
 */
export function specifiers(
  bdd: string,
  onModule: (
    module: Module,
    build: esbuild.PluginBuild,
  ) => esbuild.OnResolveResult | Promise<esbuild.OnResolveResult>,
): esbuild.Plugin {
  const standIns: Record<string, string> = {
    ...importMap.imports,
    "@std/testing/bdd": bdd,
  };
  return {
    name: "specifiers",
    setup(build) {
      build.onResolve({ filter: /^@?\w/ }, ({ kind, path, pluginData }) => {
        if (kind === "entry-point" || pluginData === RESOLVED) return;
        const target = standIns[path] ?? path;
        if (target.startsWith("./")) {
          return { path: resolve(root, "tests/std", target) };
        }
        const module = moduleOf(target);
        return module && onModule(module, build);
      });
    },
  };
}

/** Marks what a plugin asks esbuild itself to resolve. */
export const RESOLVED: symbol = Symbol("resolved");

function moduleOf(specifier: string): Module | undefined {
  if (specifier === name || specifier.startsWith(`${name}/`)) {
    return { specifier: npmName + specifier.slice(name.length) };
  }
  if (!specifier.startsWith("npm:")) return;
  const npmPackage = specifier.slice("npm:".length);
  return { specifier: npmPackage.replace(/(?<=.)@.*$/, ""), npmPackage };
}
