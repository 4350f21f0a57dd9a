import {
  type Task,
  type TaskContext,
  type TaskError,
  TaskManager,
} from "@goasync/core";
import {
  type CreateTerm,
  type Lease,
  lease,
  type LeaseOptions,
  type Lock,
  memoryLock,
} from "@goasync/core/tasks/lease";
import type { FakeTime } from "@std/testing/time";
import { notesOf } from "./supervised.ts";

/** A ttl of 1,000 ms: renewed each 300 ms, over after 700 ms without. */
export const OPTIONS: Readonly<LeaseOptions> = { ttl: 1_000, renewEvery: 300 };

/** After how long a term is over that was not renewed. */
export const LIFETIME = 700;

/** A method of a lock, and how often it was called. */
type Call = "acquire" | "renew" | "release";

/** A lock that logs how it is called, and that a test can have fail. */
export class FakeLock implements Lock {
  readonly memory: Required<Lock> = memoryLock();
  readonly calls: Call[] = [];
  readonly signals: AbortSignal[] = [];
  /** What a method does in place of its own. */
  readonly instead: Partial<Record<Call, (signal: AbortSignal) => unknown>> =
    {};

  acquire(ttl: number, signal: AbortSignal): Promise<number | undefined> {
    return this.#call(
      "acquire",
      signal,
      () => this.memory.acquire(ttl, signal),
    );
  }

  renew(token: number, ttl: number, signal: AbortSignal): Promise<boolean> {
    return this.#call(
      "renew",
      signal,
      () => this.memory.renew(token, ttl, signal),
    );
  }

  release(token: number, signal: AbortSignal): Promise<unknown> {
    return this.#call(
      "release",
      signal,
      () => this.memory.release(token, signal),
    );
  }

  count(name: Call): number {
    return this.calls.filter((call) => call === name).length;
  }

  /** Has every method fail, until that is called. */
  break(): () => void {
    const fail = () => Promise.reject(new Error("no connection"));
    Object.assign(this.instead, { acquire: fail, renew: fail, release: fail });
    return () => {
      for (const name of ["acquire", "renew", "release"] as const) {
        delete this.instead[name];
      }
    };
  }

  #call<Answer>(
    name: Call,
    signal: AbortSignal,
    own: () => Promise<Answer>,
  ): Promise<Answer> {
    this.calls.push(name);
    this.signals.push(signal);
    const instead = this.instead[name];
    return instead ? instead(signal) as Promise<Answer> : own();
  }
}

/** A manager that runs one lease, named "it". */
export interface Leasing {
  readonly manager: TaskManager;
  readonly task: Lease;
  readonly errors: Promise<TaskError[]>;
  readonly notes: () => string[];
}

/** Runs a manager with a lease, until it waits for time or a gate. */
export async function leasing(
  time: FakeTime,
  lock: Lock,
  create: CreateTerm,
  options: LeaseOptions = {},
): Promise<Leasing> {
  const manager = new TaskManager();
  const task = lease(lock, create, { ...OPTIONS, ...options });
  manager.addTask("it", task, { type: "error" });
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return { manager, task, errors, notes: () => notesOf(manager) };
}

/** Terms that log their stages, each with the token, and may do something. */
export function terms(
  log: string[],
  stages: Partial<Record<keyof Task, (context: TaskContext) => unknown>> = {},
): CreateTerm {
  return (token) => {
    const task: Task = {};
    for (
      const stage of ["initialize", "execute", "drain", "cleanup"] as const
    ) {
      if (stage === "drain" && !stages.drain) continue;
      task[stage] = (context) => {
        log.push(`${stage} ${token}`);
        const own = stages[stage];
        if (own) return own(context);
        if (stage === "execute") return context.done;
      };
    }
    return task;
  };
}
