import { type Task, TaskManager } from "@goasync/core";
import { repeatable, repeatTimer } from "@goasync/core/tasks";
import { Effect, Schedule } from "npm:effect@4.1.0";
import { collect } from "./heap.ts";
import { inTurn } from "./in_turn.ts";
import { settled } from "./sample.ts";
import { statisticsOf } from "./statistics.ts";

/** How often something was done in a second. */
export interface Rate {
  readonly what: string;
  readonly contender: string;
  readonly perSecond: number;
  /** How many timers of a millisecond were served in the meantime. */
  readonly timers: number;
}

type Run = () => Promise<void>;
type Repeat = (run: Run, ms: number) => Promise<void>;

const repeats: Readonly<Record<string, Readonly<Record<string, Repeat>>>> = {
  "repeatable": {
    async bare(run, ms) {
      const end = performance.now() + ms;
      let lastTimer = performance.now();
      for (let now; (now = performance.now()) < end;) {
        await run();
        const timerIsDue = now - lastTimer > 20;
        if (timerIsDue) lastTimer = now;
        await new Promise<void>((resolve) => {
          if (timerIsDue) setTimeout(resolve, 0);
          else setImmediate(resolve);
        });
      }
    },
    goasync: (run, ms) => runFor(repeatable(run), ms),
    effect: (run, ms) =>
      runFiberFor(
        Effect.forever(Effect.andThen(Effect.promise(run), Effect.yieldNow)),
        ms,
      ),
  },
  "repeatTimer, 1 ms": {
    async bare(run, ms) {
      const timer = setInterval(run, 1);
      await new Promise((resolve) => setTimeout(resolve, ms));
      clearInterval(timer);
    },
    goasync: (run, ms) => runFor(repeatTimer(1, run), ms),
    effect: (run, ms) =>
      runFiberFor(
        Effect.repeat(Effect.promise(run), Schedule.fixed("1 millis")),
        ms,
      ),
  },
};

const SECOND = 1_000;

/** Measures how often a task is repeated in a second. */
export async function rates(rounds: number): Promise<Rate[]> {
  const found: Rate[] = [];
  for (const [what, contenders] of Object.entries(repeats)) {
    const names = Object.keys(contenders);
    const timers = new Map(names.map((name) => [name, [] as number[]]));
    const runs = await inTurn(names, rounds, async (name) => {
      let runs = 0;
      // deno-lint-ignore require-await
      const run = async () => void runs++;
      await settled();
      collect();
      let served = 0;
      const timer = setInterval(() => served++, 1);
      await contenders[name]!(run, SECOND);
      clearInterval(timer);
      timers.get(name)!.push(served);
      return runs;
    });
    for (const contender of names) {
      found.push({
        what,
        contender,
        perSecond: statisticsOf(runs.get(contender)!).median,
        timers: statisticsOf(timers.get(contender)!).median,
      });
    }
  }
  return found;
}

const PERIOD = 5;
const TICKS = 2_000;

/**
 * Measures how many ticks `repeatTimer` is late after ten seconds: a tick that
 * it misses makes all that follow one later.
 */
export async function lateness(): Promise<number> {
  const manager = new TaskManager();
  let runs = 0;
  let start = 0;
  let end = 0;
  manager.addTask(
    "ticks",
    repeatTimer(PERIOD, () => {
      end = performance.now();
      if (runs === 0) start = end;
      if (runs++ === TICKS) manager.stop();
    }),
  );
  await manager.run();
  return (end - start) / PERIOD - TICKS;
}

async function runFor(task: Task, ms: number): Promise<void> {
  const manager = new TaskManager();
  manager.addTask("repeated", task);
  setTimeout(() => manager.stop(), ms);
  await manager.run();
}

async function runFiberFor<T>(
  effect: Effect.Effect<T>,
  ms: number,
): Promise<void> {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), ms);
  await Effect.runPromise(effect, { signal: stop.signal }).catch(() => {});
}
