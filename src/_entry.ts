import { abortError } from "./_abort_error.ts";
import {
  checkName,
  checkOptions,
  checkTask,
  checkType,
  isBareFunction,
  isManager,
} from "./_check.ts";
import { type Deferred, deferred } from "./_deferred.ts";
import { type Limits, limitsOf } from "./_limits.ts";
import type { Stopping } from "./_stopping.ts";
import { isTree } from "./_tree.ts";
import { TaskContext, wasTold } from "./context.ts";
import type {
  AddExecuteTaskOptions,
  AddTaskOptions,
  TaskHandle,
  TaskOutcome,
  TaskState,
} from "./manager.ts";
import type { StageReport } from "./report.ts";
import type {
  ExecuteFunction,
  ExecuteTask,
  ExecuteTaskType,
  Task,
  TaskType,
} from "./task.ts";

const EXECUTE_TASK_TYPES: readonly ExecuteTaskType[] = ["strict", "error"];
const TASK_TYPES: readonly TaskType[] = ["strict", "error", "stop-group"];

/** What all tasks of a manager share. */
export interface Owner {
  readonly limits: Limits;
  cancel(entry: Entry, reason: unknown): void;
}

/** A task as the manager keeps it; its public side is the handle. */
export class Entry<
  Given extends ExecuteTask | ExecuteFunction = ExecuteTask | ExecuteFunction,
  Type extends TaskType = TaskType,
> implements TaskHandle {
  readonly task: Given;
  readonly type: Type;
  readonly limits: Limits;
  /** What initialize and execute are given. */
  readonly context: TaskContext;
  /** The stages of a task; an execute task, which is forgotten, has none. */
  readonly stages: StageReport[] | undefined;
  readonly #owner: Owner;
  #finished: Deferred<TaskOutcome> | undefined;
  state: TaskState = "waiting";
  /** How it has ended, once it has. */
  outcome: TaskOutcome | undefined;
  /** How it is stopped alone, so that its end means nothing to others. */
  cancelling: Stopping | undefined;
  /** Goes on without the stage that it is in, if it is in one. */
  leaveBehind: (outcome: TaskOutcome, timeout: DOMException) => void = () => {};
  /** Ends what watches it while it stops. */
  onEnd: (() => void) | undefined;

  constructor(
    owner: Owner,
    name: string,
    task: Given,
    type: Type,
    limits: Limits,
    stages?: StageReport[],
  ) {
    this.#owner = owner;
    this.task = task;
    this.type = type;
    this.limits = limits;
    this.stages = stages;
    this.context = new TaskContext({ name });
  }

  get name(): string {
    return this.context.name;
  }

  get isWaiting(): boolean {
    return this.state === "waiting" || this.state === "initialized";
  }

  /** Whether it was told to stop, or will be before anyone else is. */
  get isTold(): boolean {
    return this.cancelling !== undefined || wasTold(this.context);
  }

  /** Whether there is a cleanup that only this task can name. */
  get hasCleanup(): boolean {
    try {
      const { task } = this as { task: Task };
      return !isTree(task) && task.cleanup !== undefined;
    } catch {
      return true;
    }
  }

  get finished(): Promise<TaskOutcome> {
    this.#finished ??= deferred();
    if (this.outcome) this.#finished.resolve(this.outcome);
    return this.#finished.promise;
  }

  finish(outcome: TaskOutcome): void {
    this.state = outcome;
    this.outcome = outcome;
    this.onEnd?.();
    this.#finished?.resolve(outcome);
  }

  cancel(reason: unknown = abortError("The task was cancelled")): void {
    this.#owner.cancel(this, reason);
  }
}

/** The entry of a task, if everything that was given is right. */
export function taskEntry(
  owner: Owner,
  name: string,
  task: Task,
  options: AddTaskOptions,
): Entry<Task> {
  const action = actionOf("task", name);
  if (isManager(task) || isBareFunction(task)) {
    const kind = isManager(task) ? "TaskManager" : "function";
    throw new TypeError(
      `Cannot ${action} as it is a ${kind}: use addExecuteTask`,
    );
  }
  checkTask(action, task);
  return entryOf(owner, action, name, task, options, TASK_TYPES, []);
}

/** The entry of an execute task, if everything that was given is right. */
export function executeTaskEntry(
  owner: Owner,
  name: string,
  task: ExecuteTask | ExecuteFunction,
  options: AddExecuteTaskOptions,
): Entry {
  const action = actionOf("execute task", name);
  if (!isBareFunction(task)) checkTask(action, task);
  return entryOf(owner, action, name, task, options, EXECUTE_TASK_TYPES);
}

function actionOf(kind: string, name: string): string {
  checkName(`add ${kind}`, name);
  return `add ${kind} "${name}"`;
}

function entryOf<Given extends ExecuteTask | ExecuteFunction>(
  owner: Owner,
  action: string,
  name: string,
  task: Given,
  options: AddTaskOptions,
  types: readonly TaskType[],
  stages?: StageReport[],
): Entry<Given> {
  checkOptions(action, options, '{ type: "error" }');
  const { type = "strict" } = options;
  checkType(action, type, types);
  const limits = limitsOf(action, options, owner.limits);
  return new Entry(owner, name, task, type, limits, stages);
}
