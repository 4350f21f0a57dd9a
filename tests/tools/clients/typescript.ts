/** The folder, beside those of the clients, that has TypeScript. */
export const TYPESCRIPT_FOLDER = "typescript";

const FLAGS = [
  "--strict",
  "--exactOptionalPropertyTypes",
  "--noUncheckedIndexedAccess",
  "--noUnusedLocals",
  "--verbatimModuleSyntax",
  "--rewriteRelativeImportExtensions",
  "--target es2022",
  "--lib esnext",
  "--types node",
  `--typeRoots ../${TYPESCRIPT_FOLDER}/node_modules/@types`,
  "--rootDir .",
  "quick_start.ts",
  "consumer/main.ts",
].join(" ");

/** What checks the types as Node, and as a bundler finds modules. */
export const TYPE_CHECKS: readonly string[] = [
  `tsc --module nodenext --outDir built ${FLAGS}`,
  `tsc --module esnext --moduleResolution bundler --noEmit ${FLAGS}`,
];

/** The consumer as the first of the checks has emitted it. */
export const EMITTED_CONSUMER = "built/consumer/main.js";
