import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { INSPECT_CHECKS } from "./inspect_checks.ts";
import type { Checks, Ended, Start } from "./program.ts";

/** What holds for a program whose last line is runMain(), on every runtime. */
export const MAIN_CHECKS: Checks = {
  "cleans up on one signal, however often it is passed on": once,
  "is ended by a second signal, after a line that says who was waited for":
    twice,
  "ends although a task hangs, says why, and exits with 1": hangs,
  "ends although a dependency is dead, says why, and exits with 1": dead,
  "cleans up after a rejection that nobody awaits, and exits with 1": floating,
  "cleans up after a throw in a timer, and exits with 1": timer,
  "cleans up after a stray error during a stop, and exits with 1": lateStray,
  "delivers all of its output": prints,
  "exits with the code that is chosen": chooses,
  "prints the report of the moment on SIGQUIT": reports,
  "holds SIGHUP while the task that catches it is not up": reloads,
  "leaves Ctrl-C alone after twelve runs that are over": runsOften,
  "ends when nobody reads its standard error": closed,
  "ends although a listener to its exit throws": exitThrows,
};

/** The same for one way to start the program. */
export function mainChecks(start: Start): Record<string, () => Promise<void>> {
  const checks: Record<string, () => Promise<void>> = {};
  const all = { ...MAIN_CHECKS, ...INSPECT_CHECKS };
  for (const [what, check] of Object.entries(all)) {
    checks[`main ${what}`] = () => check(start);
  }
  return checks;
}

const CLOSED = "ready\ndatabase closed\n";

function assertEnded(ended: Ended, code: number, stdout = CLOSED): void {
  const { stderr } = ended;
  assertEquals(
    { ...ended, stderr: "" },
    { code, signal: null, stdout, stderr: "" },
    stderr,
  );
}

async function once(start: Start): Promise<void> {
  await using program = await start("serves");
  await program.prints("ready");
  for (const signal of ["SIGINT", "SIGINT", "SIGTERM", "SIGINT"] as const) {
    try {
      program.kill(signal);
    } catch {
      // It has ended already.
    }
  }
  const ended = await program.end();
  assertEnded(ended, 0);
  assertEquals(ended.stderr, "");
}

async function twice(start: Start): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    await using program = await start("hangs-long");
    await program.prints("ready");
    program.kill("SIGINT");
    await program.complains(": server still drains after 2 s");
    program.kill(signal);
    const ended = await program.end();
    assertEquals(ended.signal, signal);
    assertEquals(ended.stdout, "ready\n");
    const [line] = ended.stderr.trimEnd().split("\n").reverse();
    assertMatch(
      line!,
      new RegExp(
        `^Ended by ${signal}: server still drains after \\d+ s`,
      ),
    );
  }
}

async function hangs(start: Start): Promise<void> {
  await using program = await start("hangs");
  await program.prints("ready");
  program.kill("SIGTERM");
  const ended = await program.end();
  assertEnded(ended, 1);
  const { stderr } = ended;
  const timeout = 'Task "server" timed out in execute: stopTimeout of 200 ms';
  assertEquals(stderr.split(timeout).length, 2, stderr);
  assertMatch(
    stderr,
    /Exiting with code 1, as 2\.00 s after .+ kept alive by server \(left behind in execute\)/,
  );
}

async function dead(start: Start): Promise<void> {
  await using program = await start("dead-dependency");
  await program.prints("ready");
  program.kill("SIGINT");
  const ended = await program.end();
  assertEnded(ended, 1);
  assertStringIncludes(
    ended.stderr,
    'Task "server" timed out in cleanup: cleanupTimeout of 200 ms is over',
  );
  assertStringIncludes(ended.stderr, "server (left behind in cleanup)");
}

async function floating(start: Start): Promise<void> {
  await using program = await start("floating");
  const ended = await program.end();
  assertEnded(ended, 1);
  assertStray(ended, "floating");
}

async function timer(start: Start): Promise<void> {
  await using program = await start("timer");
  const ended = await program.end();
  assertEnded(ended, 1);
  assertStray(ended, "thrown by a timer");
}

async function lateStray(start: Start): Promise<void> {
  await using program = await start("late-stray");
  await program.prints("ready");
  program.kill("SIGINT");
  const ended = await program.end();
  assertEnded(ended, 1);
  assertStray(ended, "late");
}

/** It is said once, with the place that threw. */
function assertStray({ stderr }: Ended, message: string): void {
  assertEquals(stderr.split("Stray error:").length, 2, stderr);
  assertEquals(stderr.split(`rror: ${message}\n`).length, 2, stderr);
  assertMatch(stderr, /^ +at .*main_program\.\w+:\d+:\d+\)?$/m);
}

async function prints(start: Start): Promise<void> {
  await using program = await start("prints");
  await program.prints("ready");
  program.kill("SIGINT");
  const { code, stdout } = await program.end();
  assertEquals([code, stdout.match(/x/g)?.length], [0, 2 ** 20]);
}

async function chooses(start: Start): Promise<void> {
  await using program = await start("chooses");
  await program.prints("ready");
  program.kill("SIGTERM");
  assertEnded(await program.end(), 42);
}

async function reports(start: Start): Promise<void> {
  await using program = await start("serves");
  await program.prints("ready");
  program.kill("SIGQUIT");
  await program.complains("execute tasks: ");
  program.kill("SIGINT");
  const ended = await program.end();
  assertEnded(ended, 0);
  assertMatch(ended.stderr, /^executing for .+ after the start\n/);
}

async function reloads(start: Start): Promise<void> {
  await using program = await start("reloads");
  await program.prints("slow start");
  program.kill("SIGHUP");
  program.kill("SIGUSR2");
  await program.prints("ready");
  program.kill("SIGHUP");
  await program.prints("loaded\nready\nloaded\n");
  program.kill("SIGINT");
  for (const name of ["last", "server"]) {
    await program.prints(`cleanup of ${name}\n`);
    program.kill("SIGHUP");
    program.kill("SIGUSR2");
  }
  const cleanups = "cleanup of last\ncleanup of server\ndatabase closed\n";
  const stdout = `slow start\nloaded\nready\nloaded\n${cleanups}`;
  assertEnded(await program.end(), 0, stdout);
}

async function runsOften(start: Start): Promise<void> {
  await using program = await start("runs-often");
  await program.prints("ready");
  program.kill("SIGINT");
  const { signal, stderr } = await program.end();
  assertEquals([signal, stderr], ["SIGINT", ""]);
}

async function closed(start: Start): Promise<void> {
  await using program = await start("late-stray");
  await program.closeStderr();
  await program.prints("ready");
  program.kill("SIGINT");
  assertEnded({ ...await program.end(), stderr: "" }, 1);
}

async function exitThrows(start: Start): Promise<void> {
  await using program = await start("exit-throws");
  await program.prints("ready");
  program.kill("SIGINT");
  const { signal, stdout, stderr } = await program.end();
  assertEquals([signal, stdout], [null, CLOSED]);
  assertStringIncludes(stderr, "at the exit");
}
