/**
 * Puts one bug after the other into a copy of the sources, and says which of
 * them the tests notice. With an argument, those with that text in their name
 * or rule only.
 */
import { availableParallelism } from "node:os";
import { type Mutant, mutated } from "./mutant.ts";
import { mutants } from "./mutants.ts";
import { copyProject } from "./project_copy.ts";
import { runTests } from "./run_tests.ts";

/** How long the tests may take with a mutant, which may hang; without, all. */
const TIME_LIMIT = 60_000;
const TIME_LIMIT_OF_ALL = 600_000;

const ROOT = `${import.meta.dirname}/../../..`;

const [text = ""] = Deno.args;
const chosen = mutants.filter(({ name, rule }) =>
  `${rule}: ${name}`.includes(text)
);

// Before any test runs: a mutant of which the text is gone is told at once.
for (const mutant of chosen) {
  mutated(await Deno.readTextFile(`${ROOT}/${mutant.file}`), mutant);
}

const folders = await Promise.all(
  Array.from({ length: Math.min(4, availableParallelism()) }, copyProject),
);
try {
  await mustPass(folders[0]!);
  const passed = await killAll();
  const failed = chosen.length - passed;
  console.log(`${passed} passed, ${failed} failed`);
  if (passed === 0 || failed > 0) Deno.exitCode = 1;
} finally {
  for (const folder of folders) await Deno.remove(folder, { recursive: true });
}

/** Tests that fail without any mutant would kill every one. */
async function mustPass(folder: string): Promise<void> {
  const tests = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const { verdict, output } = await runTests(folder, tests, TIME_LIMIT_OF_ALL);
  if (verdict === "passed") return;
  throw new Error(`The tests ${verdict} without any mutant:\n${output}`);
}

/** As many at a time as there are copies; returns how many were killed. */
async function killAll(): Promise<number> {
  const rest = chosen.values();
  let killed = 0;
  await Promise.all(folders.map(async (folder) => {
    for (const mutant of rest) {
      const verdict = await apply(mutant, folder);
      if (verdict !== "passed") killed++;
      const result = verdict === "passed" ? "SURVIVED" : `killed, ${verdict}`;
      console.log(`${mutant.rule}: ${mutant.name} ... ${result}`);
    }
  }));
  return killed;
}

async function apply(mutant: Mutant, folder: string): Promise<string> {
  const path = `${folder}/${mutant.file}`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, mutated(text, mutant));
  try {
    const { verdict, output } = await runTests(
      folder,
      mutant.tests,
      TIME_LIMIT,
    );
    // A mutant that cannot even be loaded shows nothing of the tests.
    if (!/^running [1-9]/m.test(output)) {
      throw new Error(
        `No test ran with the mutant "${mutant.name}":\n${output}`,
      );
    }
    return verdict;
  } finally {
    await Deno.writeTextFile(path, text);
  }
}
