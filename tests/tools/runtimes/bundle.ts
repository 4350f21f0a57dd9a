import * as esbuild from "npm:esbuild@0.28.2";
import { succeed } from "../node/command.ts";
import { root } from "../node/package.ts";
import { RESOLVED, specifiers } from "../node/specifiers.ts";

/** Bundles the source of a module into a file that imports nothing. */
export type Bundler = (
  source: string,
  project: string,
  output: string,
) => Promise<void>;

/** By esbuild, with the package that an npm project has. */
export const byEsbuild: Bundler = async (source, project, output) => {
  await esbuild.build({
    stdin: { contents: source, resolveDir: root },
    outfile: output,
    bundle: true,
    format: "esm",
    platform: "browser",
    external: ["node:*"],
    target: "es2022",
    loader: { ".jsonl": "text" },
    sourcemap: "inline",
    sourcesContent: false,
    logLevel: "error",
    plugins: [
      specifiers(
        "./bdd_web.ts",
        ({ specifier }, build) =>
          build.resolve(specifier, {
            kind: "import-statement",
            resolveDir: project,
            pluginData: RESOLVED,
          }),
      ),
    ],
  });
};

/** By Deno, with the package as it is here. */
export const byDeno: Bundler = async (source, _project, output) => {
  const entry = `${output}.entry.ts`;
  await Deno.writeTextFile(entry, source);
  await succeed(Deno.execPath(), [
    "bundle",
    "--quiet",
    "--no-lock",
    "--platform=browser",
    `--config=${root}/deno.json`,
    `--output=${output}`,
    entry,
  ], { cwd: root });
};
