import {
  call,
  ensure,
  type Operation,
  resource,
  run,
  scoped,
  spawn,
  suspend,
  type Task,
  useAbortSignal,
} from "npm:effection@4.1.1";
import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

/** Operations. */
export const effection: Contender = {
  name: "effection",
  cancels: true,
  most: { A: 2_000, B: 2_000, "B'": 2_000, C: 2_000, "C'": 2_000, D: 200 },
  works: {
    A: (count) => {
      const tally = new Tally();
      return finish(count, () => call(tally.instant), tally);
    },
    B: (count, allWait) => {
      const tally = new Tally();
      return halt(count, allWait, tally, function* () {
        tally.untilAborted(yield* useAbortSignal());
        yield* suspend();
      });
    },
    "B'": (count, allWait) => {
      const tally = new Tally();
      return halt(count, allWait, tally, function* () {
        yield* ensure(tally.synchronous);
        yield* suspend();
      });
    },
    C: (count) => {
      const tally = new Tally();
      return finish(count, () => call(tally.instant), tally);
    },
    "C'": (count) => {
      const tally = new Tally();
      return finish(count, () => call(tally.synchronous), tally);
    },
    async D(count) {
      const tally = new Tally();
      const stage = () => call(tally.instant);
      const task = resource<void>(function* (provide) {
        yield* stage();
        try {
          yield* provide();
        } finally {
          yield* stage();
        }
      });
      await run(() =>
        scoped(function* () {
          for (let i = 0; i < count; i++) yield* task;
          yield* join(count, stage);
        })
      );
      return tally.finished / 3;
    },
  },
};

async function finish(
  count: number,
  task: () => Operation<void>,
  tally: Tally,
): Promise<number> {
  await run(() => join(count, task));
  return tally.finished;
}

function* join(count: number, task: () => Operation<void>): Operation<void> {
  const tasks: Task<void>[] = [];
  for (let i = 0; i < count; i++) tasks.push(yield* spawn(task));
  for (const spawned of tasks) yield* spawned;
}

async function halt(
  count: number,
  allWait: () => void,
  tally: Tally,
  task: () => Operation<void>,
): Promise<number> {
  let wait = () => {};
  const waiting = new Promise<void>((resolve) => wait = resolve);
  const running = run(function* () {
    for (let i = 0; i < count; i++) yield* spawn(task);
    wait();
    yield* suspend();
  });
  await waiting;
  // Those that were spawned start in a turn of their own.
  await new Promise((resolve) => setTimeout(resolve, 0));
  allWait();
  await running.halt();
  return tally.finished;
}
