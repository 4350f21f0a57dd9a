/**
 * Every test that can notice the mutant that Stryker has made active; all of
 * them when there is none, which is how Stryker finds out whether they pass.
 */

const ALL = [
  "rules",
  "core",
  "signals",
  "report",
  "testing",
  "tasks",
  "proof/regressions_test.ts",
  "proof/faults_test.ts",
];

/** The tests, files or folders, for the source files that match. */
const TESTS: readonly [RegExp, readonly string[]][] = [
  [/^tasks/, ["tasks", "core/draining_test.ts"]],
  [/^src.testing\b/, ["testing"]],
  [/^src.report\b/, ["report"]],
  [
    /^src.(signals|_os_signals)/,
    ["signals/signals_test.ts", "tasks/interruptible_test.ts"],
  ],
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
  for (const folder of ["src", "tasks"]) {
    for (const { name } of Deno.readDirSync(folder)) {
      const path = `${folder}/${name}`;
      if (Deno.readTextFileSync(path).includes(text)) return path;
    }
  }
  throw new Error(`No source file has the mutant ${mutant}`);
}

/** Those of a folder from the last to the first, as rule 1 takes longest. */
function testFilesIn(path: string): string[] {
  const url = import.meta.resolve(`../../${path}`);
  if (path.endsWith(".ts")) return [url];
  const names = [...Deno.readDirSync(new URL(url))].map(({ name }) => name);
  return names.filter((name) => name.endsWith("_test.ts")).sort().reverse()
    .map((name) => `${url}/${name}`);
}
