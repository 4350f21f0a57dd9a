import { execute, forever, spawn } from "npm:abort-controller-x@0.5.0";
import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

type Fork = Parameters<Parameters<typeof spawn>[1]>[1]["fork"];

/** Forks that belong to a spawn, each with a signal. */
export const abortControllerX: Contender = {
  name: "abort-controller-x",
  cancels: true,
  works: {
    A: finish,
    B: (count, allWait) => {
      const tally = new Tally();
      return abort(count, allWait, tally.untilAborted, tally);
    },
    "B'": (count, allWait) => {
      const tally = new Tally();
      const task = (signal: AbortSignal) =>
        execute<void>(signal, () => tally.synchronous);
      return abort(count, allWait, task, tally);
    },
    C: finish,
    async D(count) {
      const tally = new Tally();
      const { signal } = new AbortController();
      await spawn(signal, async (_, { defer, fork }) => {
        for (let i = 0; i < count; i++) {
          await tally.instant();
          defer(tally.instant);
        }
        await join(fork, count, tally.instant);
      });
      return tally.finished / 3;
    },
  },
};

async function finish(count: number): Promise<number> {
  const tally = new Tally();
  const { signal } = new AbortController();
  await spawn(signal, (_, { fork }) => join(fork, count, tally.instant));
  return tally.finished;
}

async function join(
  fork: Fork,
  count: number,
  task: () => Promise<void>,
): Promise<void> {
  const joined = [];
  for (let i = 0; i < count; i++) joined.push(fork(task).join());
  await Promise.allSettled(joined);
}

async function abort(
  count: number,
  allWait: () => void,
  task: (signal: AbortSignal) => Promise<void>,
  tally: Tally,
): Promise<number> {
  const controller = new AbortController();
  const spawned = spawn(controller.signal, async (signal, { fork }) => {
    for (let i = 0; i < count; i++) fork(task);
    await forever(signal);
  });
  allWait();
  controller.abort();
  await spawned.catch(() => {});
  return tally.finished;
}
