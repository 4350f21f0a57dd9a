import { root } from "./package.ts";

const FOLDERS = [
  "rules",
  "conformance",
  "core",
  "report",
  "testing",
  "tasks",
  "signals",
  "logging",
  "otel",
  "main",
  "helpers",
  "proof",
  "std",
];

/** The paths of the test files that run on every runtime. */
export function portableTests(): string[] {
  return FOLDERS.flatMap((folder) => testsIn(`${root}/tests/${folder}`)).sort();
}

/**
 * The paths of the test files that need servers of `node:http` and its like, or
 * child processes.
 */
export function serverTests(): string[] {
  const folders = ["servers", "children"];
  return folders.flatMap((folder) => testsIn(`${root}/tests/${folder}`)).sort();
}

function testsIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return testsIn(path);
    return name.endsWith("_test.ts") ? [path] : [];
  });
}
