/**
 * Every test that can notice the mutant that Stryker has made active; all of
 * them when there is none, which is how Stryker finds out whether they pass.
 */

const ALL = [
  "rules",
  "core",
  "signals",
  "main",
  "report",
  "testing",
  "tasks",
  "proof/regressions",
  "proof/regressions_test.ts",
  "proof/faults_test.ts",
];

/** The tests, files or folders, for the source files that match. */
const TESTS: readonly [RegExp, readonly string[]][] = [
  [/^tasks\b/, ["tasks"]],
  [/^src.testing\b/, ["testing"]],
  [/^src.report\b/, ["report"]],
  [/^src.signals\b/, ["signals", "main", "tasks/interruptible_test.ts"]],
  [/^src.main\b/, ["main"]],
];

const file = fileOf(Deno.env.get("__STRYKER_ACTIVE_MUTANT__"));
const [, tests] = TESTS.find(([files]) => files.test(file)) ?? [file, ALL];
for (const test of tests) {
  for (const path of testFilesIn(test)) await import(path);
}

/** The source file that has a mutant. */
function fileOf(mutant?: string): string {
  if (mutant === undefined) return "";
  const text = `stryMutAct_9fa48("${mutant}")`;
  const file = ["src", "tasks"].flatMap(filesIn)
    .find((path) => Deno.readTextFileSync(path).includes(text));
  if (file === undefined) {
    throw new Error(`No source file has the mutant ${mutant}`);
  }
  return file;
}

/** All files of a folder, and of those in it. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? filesIn(path) : [path];
  });
}

/** Those of a folder from the last to the first, as rule 1 takes longest. */
function testFilesIn(path: string): string[] {
  const url = import.meta.resolve(`../../${path}`);
  if (path.endsWith(".ts")) return [url];
  const names = [...Deno.readDirSync(new URL(url))].map(({ name }) => name);
  return names.filter((name) => name.endsWith("_test.ts")).sort().reverse()
    .map((name) => `${url}/${name}`);
}
