import { showDuration } from "../report/duration.ts";
import { startIdleTimer } from "../signals/idle_timer.ts";
import {
  exitFlushed,
  knowsItsEnd,
  openResources,
  type ProcessHere,
} from "../signals/process_here.ts";
import { listed } from "./listed.ts";
import { print } from "./print.ts";

/** How often it is asked whether anything is left to wait for, in milliseconds. */
const POLLED = 50;

/** How a process ends whose run is over. */
export interface Ending {
  readonly exitAfter: number;
  /** Who was left behind. */
  readonly leftBehind: readonly string[];
  /** What is open that nobody has to wait for. */
  readonly own: () => readonly string[];
  /** With which code it exits. */
  readonly code: () => number;
}

/**
 * Ends the process when nothing keeps it alive any more; after a while whatever
 * does, which a line then names.
 */
export function endWhenIdle(process: ProcessHere, ending: Ending): void {
  process.on("beforeExit", () => process.exit(ending.code()));
  if (knowsItsEnd(process)) {
    startIdleTimer(ending.exitAfter, () => endAnyway(process, ending));
  } else poll(process, ending, ending.exitAfter);
}

/** On a runtime that takes the module's own await for something left to do. */
function poll(process: ProcessHere, ending: Ending, left: number): void {
  const { leftBehind, code } = ending;
  const isIdle = leftBehind.length === 0 && kept(process, ending).length === 0;
  if (isIdle) return void exitFlushed(process, code());
  if (left <= 0) return endAnyway(process, ending);
  const ms = Math.min(POLLED, left);
  startIdleTimer(ms, () => poll(process, ending, left - ms));
}

function endAnyway(process: ProcessHere, ending: Ending): void {
  const { exitAfter, leftBehind, code } = ending;
  const resources = listed(counted(kept(process, ending)));
  const what = [listed(leftBehind), resources].filter((text) => text !== "");
  const time = showDuration(exitAfter);
  print(
    `Exiting with code ${code()}, as ${time} after the run the process is still kept alive by ${
      what.join(", and by ") || "something that the runtime does not name"
    }`,
  );
  void exitFlushed(process, code());
}

/** What keeps the process alive, as far as it can tell. */
function kept(process: ProcessHere, { own }: Ending): string[] {
  const left = openResources(process);
  for (const name of own()) {
    if (left.includes(name)) left.splice(left.indexOf(name), 1);
  }
  return left;
}

/** `"2 Timeout"` for two of a name. */
function counted(names: readonly string[]): string[] {
  return [...new Set(names)].map((name) =>
    `${names.filter((each) => each === name).length} ${name}`
  );
}
