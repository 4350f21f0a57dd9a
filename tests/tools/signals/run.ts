// Starts a program in every way, in a real terminal, and presses Ctrl-C: once,
// after which everything must be cleaned up; and twice while a task hangs, after
// which it must be gone at once. Each twice, or with --all ten times. Ends with a
// table, which --update puts into the README if all of it was tried and passed.
// With texts, tries only ways with one of them in their name.
import {
  matrixOf,
  type Row,
  shown,
  type Tally,
  updateMatrix,
} from "./matrix.ts";
import { startersOf } from "./starters.ts";
import type { Terminal } from "./terminal.ts";
import { pressOnce, pressTwice, restart } from "./trials.ts";
import { createWorkshop } from "./workshop.ts";

const isAll = Deno.args.includes("--all");
const ROUNDS = isAll ? 10 : 2;

const chosen = Deno.args.filter((argument) => !argument.startsWith("--"));

const rows: Row[] = [];
let passed = 0;
let failed = 0;
let isWhole = isAll && chosen.length === 0;

async function run(scratch: string): Promise<void> {
  const workshop = await createWorkshop(scratch);
  const tally = async (
    what: string,
    trial: (terminal: Terminal) => Promise<void>,
  ): Promise<Tally> => {
    let passes = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await using terminal = workshop.open();
      if (await attempt(what, trial, terminal)) passes++;
    }
    const result = { passed: passes, of: ROUNDS };
    console.log(`${what}: ${shown(result)}`);
    return result;
  };

  for (const starter of startersOf(workshop).filter(isChosen)) {
    const { name } = starter;
    rows.push({
      ...starter,
      once: await tally(`${name}, one Ctrl-C`, (t) => pressOnce(starter, t)),
      twice: await tally(`${name}, two`, (t) => pressTwice(starter, t)),
    });
  }
  const restarts = { name: "restart by nodemon" };
  if (isChosen(restarts)) await tally(restarts.name, restart);
  if (workshop.namespace === undefined) {
    isWhole = false;
    console.log("PID 1: this machine forbids it");
  }
}

function isChosen({ name }: { readonly name: string }): boolean {
  return chosen.length === 0 || chosen.some((text) => name.includes(text));
}

/** Whether a trial passes; if not, says why, and what is in its terminal. */
async function attempt(
  what: string,
  trial: (terminal: Terminal) => Promise<void>,
  terminal: Terminal,
): Promise<boolean> {
  try {
    await trial(terminal);
    passed++;
    return true;
  } catch (error) {
    failed++;
    console.log(`${what}: ${error}\n${terminal.printed}`);
    return false;
  }
}

const scratch = await Deno.makeTempDir({ prefix: "goasync-" });
try {
  await run(scratch);
} finally {
  await Deno.remove(scratch, { recursive: true });
}
const matrix = matrixOf(rows);
console.log(`\n${matrix}\n`);
if (Deno.args.includes("--update")) {
  const isProof = isWhole && failed === 0;
  if (isProof) await updateMatrix(matrix);
  else failed++;
  console.log(`README.md: ${isProof ? "updated" : "not updated"}`);
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) Deno.exitCode = 1;
