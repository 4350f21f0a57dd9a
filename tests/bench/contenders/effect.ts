import { Effect, Fiber, FiberSet } from "npm:effect@4.1.0";
import type { Contender } from "../contender.ts";
import { Tally } from "../tally.ts";

/** Fibers; those that are added later belong to a set, as ours to a manager. */
export const effect: Contender = {
  name: "effect",
  cancels: true,
  works: {
    async A(count) {
      const tally = new Tally();
      await Effect.runPromise(join(count, Effect.promise(tally.instant)));
      return tally.finished;
    },
    B: (count, allWait) => {
      const tally = new Tally();
      const task = Effect.promise(tally.untilAborted);
      return interrupt(count, allWait, task, tally);
    },
    "B'": (count, allWait) => {
      const tally = new Tally();
      const task = Effect.onInterrupt(
        Effect.never,
        () => Effect.sync(tally.synchronous),
      );
      return interrupt(count, allWait, task, tally);
    },
    C: (count) => {
      const tally = new Tally();
      return add(count, Effect.promise(tally.instant), tally);
    },
    "C'": (count) => {
      const tally = new Tally();
      return add(count, Effect.sync(tally.synchronous), tally);
    },
    async D(count) {
      const tally = new Tally();
      const stage = Effect.promise(tally.instant);
      const task = Effect.acquireRelease(stage, () => stage);
      await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
        for (let i = 0; i < count; i++) yield* task;
        yield* join(count, stage);
      })));
      return tally.finished / 3;
    },
  },
};

/** The same as `C'`, by fibers that belong to nothing. */
export const effectAlone: Contender = {
  name: "effect, runFork alone",
  cancels: true,
  works: {
    async "C'"(count) {
      const tally = new Tally();
      const task = Effect.sync(tally.synchronous);
      const fibers = [];
      for (let i = 0; i < count; i++) fibers.push(Effect.runFork(task));
      await Effect.runPromise(Fiber.awaitAll(fibers));
      return tally.finished;
    },
  },
};

function join(count: number, task: Effect.Effect<void>): Effect.Effect<void> {
  return Effect.gen(function* () {
    const fibers: Fiber.Fiber<void>[] = [];
    for (let i = 0; i < count; i++) fibers.push(yield* Effect.forkChild(task));
    yield* Fiber.awaitAll(fibers);
  });
}

async function interrupt(
  count: number,
  allWait: () => void,
  task: Effect.Effect<void>,
  tally: Tally,
): Promise<number> {
  await Effect.runPromise(Effect.gen(function* () {
    const fibers: Fiber.Fiber<void>[] = [];
    for (let i = 0; i < count; i++) {
      fibers.push(yield* Effect.forkChild(task, { startImmediately: true }));
    }
    allWait();
    yield* Fiber.interruptAll(fibers);
  }));
  return tally.finished;
}

async function add(
  count: number,
  task: Effect.Effect<void>,
  tally: Tally,
): Promise<number> {
  await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
    const set = yield* FiberSet.make<void>();
    for (let i = 0; i < count; i++) yield* FiberSet.run(set, task);
    yield* FiberSet.awaitEmpty(set);
  })));
  return tally.finished;
}
