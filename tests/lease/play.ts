import { TaskContext } from "@goasync/core";
import { lease, type Lock } from "@goasync/core/tasks/lease";
import { assert } from "@std/assert";
import { fakeRandom } from "../helpers/fake_random.ts";
import { denoKvLocks, type Send, serverLocks } from "./model_locks.ts";
import { type Machine, World } from "./world.ts";

const TTL = 1_000;
const RENEW_EVERY = 300;
/** In which trouble happens. */
export const TROUBLED = 6_000;
/** For how long none happens then. */
const CALM = 4_000;
/** The longest that a request or an answer is under way. */
export const LONGEST_DELAY = 1_500;

/** What can happen to a replica. */
export type Kind = "crash" | "freeze" | "sleep" | "cut" | "yield" | "stop";

/** What happens to one at a time, and for how long. */
export interface Trouble {
  readonly at: number;
  readonly replica: number;
  readonly kind: Kind;
  readonly ms: number;
}

/** How long the stages of a term take. */
export type Stages = Record<
  "initialize" | "drain" | "stop" | "cleanup",
  number
>;

/** How long a message of a replica is under way. */
export type Fate = (
  replica: number,
  request: string,
  isAnswer: boolean,
) => number;

interface Replica {
  readonly machine: Machine;
  readonly name: number;
  readonly stopping: AbortController;
  task?: ReturnType<typeof lease>;
  cutUntil: number;
  /** Whether it was frozen or asleep in this term: nothing is promised then. */
  hasFrozen: boolean;
}

/** Has replicas share a lock, with those troubles; throws if a promise is broken. */
export async function play(
  engine: "server" | "deno-kv",
  rates: readonly number[],
  troubles: readonly Trouble[],
  fateOf: Fate,
  durations: Stages,
  random: () => number,
): Promise<void> {
  using _random = fakeRandom(random);
  using world = new World();
  const makeLock = engine === "server"
    ? serverLocks(() => world.now)
    : denoKvLocks();
  const tokens: number[] = [];
  const active = new Map<Replica, number>();
  let accepted = 0;
  let lastHeld = 0;
  const isCalm = () => world.now >= TROUBLED;
  const broken: string[] = [];

  const lockOf = (replica: Replica): Lock => {
    const { machine } = replica;
    /** There, and back again. */
    const send: Send = (request, serve) =>
      new Promise((resolve, reject) => {
        const isCut = () => world.now < replica.cutUntil;
        const lose = () => reject(new Error("lost"));
        const travel = (
          isAnswer: boolean,
          arrive: () => void,
          machine?: Machine,
        ) => {
          const fate = isCalm() ? 5 : fateOf(replica.name, request, isAnswer);
          const ms = isCut() ? Infinity : fate;
          if (ms < Infinity) world.at(world.now + ms, arrive, machine);
          else world.at(world.now + 3_000, lose, replica.machine);
        };
        travel(false, () => {
          const answer = serve();
          travel(true, () => resolve(answer), machine);
        });
      });
    return makeLock(send);
  };

  const pause = (ms: number) =>
    new Promise<void>((resolve) => void setTimeout(resolve, ms));

  const write = (given: number, replica: Replica) => {
    if (given < accepted) return; // It is refused.
    accepted = given;
    lastHeld = world.now;
    for (const [other, otherToken] of active) {
      if (other === replica || other.machine.isDead) continue;
      if (other.hasFrozen || replica.hasFrozen) continue;
      broken.push(`${given} and ${otherToken} at ${world.now}`);
    }
  };

  const replicas = rates.map((rate, name): Replica => ({
    machine: {
      rate,
      offset: name * 1e6,
      isDead: false,
      frozenUntil: 0,
      slept: 0,
    },
    name,
    stopping: new AbortController(),
    cutUntil: 0,
    hasFrozen: false,
  }));
  for (const replica of replicas) {
    const begin = () => {
      const task = replica.task = lease(lockOf(replica), (given) => ({
        async initialize({ done }) {
          replica.hasFrozen = false;
          active.set(replica, given);
          tokens.push(given);
          write(given, replica);
          await Promise.race([pause(durations.initialize), done]);
        },
        async execute({ signal, done }) {
          while (!signal.aborted) {
            write(given, replica);
            await Promise.race([pause(20), done]);
          }
          await pause(durations.stop);
        },
        drain: ({ done }) => Promise.race([pause(durations.drain), done]),
        async cleanup() {
          await pause(durations.cleanup);
          write(given, replica);
          active.delete(replica);
        },
      }), { ttl: TTL, renewEvery: RENEW_EVERY });
      const { signal } = replica.stopping;
      const context = new TaskContext({ name: "it", signal });
      task.execute(context).catch((error) => broken.push(`${error}`));
    };
    world.at(0, begin, replica.machine);
  }
  for (const { at, replica: index, kind, ms } of troubles) {
    const replica = replicas[index]!;
    const { machine } = replica;
    world.at(at, () => {
      if (kind === "cut") replica.cutUntil = world.now + ms;
      else if (kind === "crash") {
        // One has to stay.
        if (
          replicas.filter((each) => !each.machine.isDead).length === 1
        ) return;
        machine.isDead = true;
        active.delete(replica);
      } else if (kind === "yield" && !machine.isDead) {
        world.at(world.now, () => void replica.task?.yield(), machine);
      } else if (kind === "stop" && index > 0) {
        world.at(world.now, () => replica.stopping.abort(), machine);
      } else if (kind === "freeze" || kind === "sleep") {
        machine.frozenUntil = Math.max(
          machine.frozenUntil,
          world.now + ms,
        );
        if (kind === "sleep") machine.slept += ms * machine.rate;
        replica.hasFrozen = true;
      }
    });
  }
  await world.passUntil(TROUBLED + LONGEST_DELAY + 2_000);
  assert(broken.length === 0, broken.join("\n"));
  const sorted = tokens.every((each, index) =>
    index === 0 || each > tokens[index - 1]!
  );
  assert(sorted, `tokens grow: ${tokens}`);

  // Everyone who is left is connected: there is a term all the time.
  const canHold = replicas.some(({ machine, stopping }) =>
    !machine.isDead && !stopping.signal.aborted
  );
  if (canHold) {
    const calm = world.now;
    await world.passUntil(calm + TTL + RENEW_EVERY);
    assert(
      lastHeld >= calm - RENEW_EVERY,
      `nobody holds it since ${lastHeld}`,
    );
  }
  for (const { stopping, machine } of replicas) {
    world.at(world.now, () => stopping.abort(), machine);
  }
  await world.passUntil(world.now + CALM);
  assert(broken.length === 0, broken.join("\n"));
}
