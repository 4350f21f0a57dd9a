import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async";
import { isRunning, kill } from "./processes.ts";
import type { Starter } from "./starters.ts";
import type { Terminal } from "./terminal.ts";

/** What the program says, from the first key press on, if it ends in order. */
const CLEAN_END = [
  "consumer stops",
  "consumer is cleaned up",
  "server is cleaned up",
  "database is cleaned up",
  "exits with 0",
];

/** What runMain prints if something else is left at the end. */
const KEPT_ALIVE = "kept alive by";

/** How long a person waits with the second key press. */
const BETWEEN_PRESSES = 1_500;

/** How long a start through several programs may take on a busy machine. */
const LONGEST_START = 30_000;

/** One key press: everything is cleaned up, and nothing is left. */
export async function pressOnce(
  { line, habit }: Starter,
  terminal: Terminal,
): Promise<void> {
  await terminal.command(line);
  const pid = await started(terminal);
  await terminal.pressCtrlC();
  await says(CLEAN_END, terminal);
  if (habit === "hurries") await terminal.pressCtrlC();
  await over(pid, terminal);
  assertEquals(said(terminal), CLEAN_END);
  assert(!terminal.printed.includes(KEPT_ALIVE), "It was not idle at the end");
}

/** Two, while a task hangs: the program is gone at once. */
export async function pressTwice(
  { line, habit }: Starter,
  terminal: Terminal,
): Promise<void> {
  await terminal.command(`HANG=yes ${line}`);
  const pid = await started(terminal);
  await terminal.pressCtrlC();
  await says(CLEAN_END.slice(0, 1), terminal);
  await delay(BETWEEN_PRESSES);
  if (habit !== "hurries") assert(isRunning(pid), "It was gone too early");
  if (habit === "leaves") {
    assert(terminal.isIdle, "What started it has not left");
    kill(pid, "SIGINT");
  } else {
    await terminal.pressCtrlC();
  }
  await over(pid, terminal);
}

/**
 * A restart by nodemon, which sends SIGUSR2, ends the old program: one that
 * runs, and one that hangs in its stop.
 */
export async function restart(terminal: Terminal): Promise<void> {
  await terminal.command("HANG=yes nodemon program.mjs");
  const first = await started(terminal);
  await terminal.enter("rs");
  const second = await started(terminal, first);
  kill(second, "SIGTERM");
  await says(CLEAN_END.slice(0, 1), terminal);
  await terminal.enter("rs");
  const third = await started(terminal, second);
  const running = [first, second, third].map(isRunning);
  assertEquals(running, [false, false, true]);
}

/** Resolves with the pid of the program, once there is another than before. */
async function started(terminal: Terminal, before?: number): Promise<number> {
  let pid = before;
  await terminal.until("the program runs", () => {
    const ownPid = Number(terminal.printed.match(/.*runs as (\d+)\n/s)?.[1]);
    pid = terminal.processes().find((each) => each.ownPid === ownPid)?.pid;
    return pid !== undefined && pid !== before;
  }, LONGEST_START);
  return pid!;
}

/** Resolves once the program has said some lines, and maybe more. */
async function says(
  lines: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const text = lines.join();
  await terminal.until(
    `the program says "${lines.at(-1)}"`,
    () => said(terminal).join().startsWith(text),
  );
}

/** What the program has said, but for its pid. */
function said({ printed }: Terminal): string[] {
  const lines = [...printed.matchAll(/program: (.*)\n/g)];
  return lines.map(([, text = ""]) => text)
    .filter((text) => !text.startsWith("runs as"));
}

/** Resolves once neither the program nor what has started it runs. */
async function over(pid: number, terminal: Terminal): Promise<void> {
  await terminal.until(
    "all is over",
    () => !isRunning(pid) && terminal.isIdle,
  );
}
