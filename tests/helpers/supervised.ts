import {
  type Stage,
  type Task,
  type TaskContext,
  type TaskError,
  TaskManager,
} from "@goasync/core";
import {
  supervise,
  type Supervised,
  type SuperviseOptions,
} from "@goasync/core/tasks/supervise";
import type { FakeTime } from "@std/testing/time";

/** Waits that leave nothing to chance: 100 ms, 200 ms, 400 ms … */
export const BACKOFF = { jitter: 0 } as const;

/** What a stage does in each generation in turn, and then always. */
export type InTurn = ((context: TaskContext) => unknown)[];

/** A task whose stages log their names, and do something in each generation. */
export function generations(
  log: string[],
  inTurn: Partial<Record<Stage, InTurn>>,
): Task {
  const task: Task = {};
  const stages = ["initialize", "execute", "drain", "cleanup"] as const;
  for (const stage of stages) {
    if (stage === "drain" && !inTurn.drain) continue;
    const left = [...inTurn[stage] ?? []];
    task[stage] = (context) => {
      log.push(stage);
      const now = left.length > 1 ? left.shift() : left[0];
      if (now) return now(context);
      if (stage === "execute") return context.done;
    };
  }
  return task;
}

/** Fails in that many generations, and then does what it is given. */
export function failing(
  times: number,
  ...then: InTurn
): InTurn {
  const fail = () => {
    throw new Error("no connection");
  };
  return [...Array.from({ length: times }, () => fail), ...then];
}

/** Waits until its signal aborts. */
export const untilStopped = ({ done }: TaskContext): Promise<void> => done;

/** A manager that runs a supervised task, named "it". */
export interface Supervising {
  readonly manager: TaskManager;
  readonly task: Supervised;
  readonly errors: Promise<TaskError[]>;
  readonly notes: () => string[];
}

/** Runs a manager with a supervised task, until it waits for time or a gate. */
export async function supervising(
  time: FakeTime,
  given: Parameters<typeof supervise>[0],
  options: SuperviseOptions = {},
): Promise<Supervising> {
  const manager = new TaskManager();
  const task = supervise(given, { backoff: BACKOFF, ...options });
  manager.addTask("it", task, { type: "error" });
  const errors = manager.runSettled();
  await time.runMicrotasks();
  return { manager, task, errors, notes: () => notesOf(manager) };
}

/** The notes that a report has of a manager's first task. */
export function notesOf(manager: TaskManager): string[] {
  const { tasks } = manager.report();
  return tasks[0]!.notes?.map(({ message }) => message) ?? [];
}
