import {
  type ExecuteFunction,
  InvalidStateError,
  type TaskContext,
  type TaskError,
  TaskManager,
} from "@goasync/core";
import { FakeTime } from "@std/testing/time";
import type {
  ExecuteScript,
  ExecuteTaskScript,
  Outcome,
  StageScript,
  TaskScript,
  Trace,
  TraceError,
  TraceEvent,
} from "./load_traces.ts";

const TICK = 10;
/** What the reference says of a strict task that returned early. */
const UNEXPECTED_STOP = "unexpected shutdown for task process";

/** Runs the scenario of a trace, and says what came of it. */
export async function replay(trace: Trace): Promise<Outcome> {
  using time = new FakeTime(0);
  return await new Replay(trace, time).outcome();
}

class Replay {
  readonly #trace: Trace;
  readonly #time: FakeTime;
  readonly #manager = new TaskManager();
  readonly #shutdown = new AbortController();
  readonly #events: TraceEvent[] = [];
  readonly #serial: string[] = [];
  readonly #added: Record<string, boolean> = {};

  constructor(trace: Trace, time: FakeTime) {
    this.#trace = trace;
    this.#time = time;
  }

  async outcome(): Promise<Outcome> {
    this.#schedule();
    let errors: TaskError[] | undefined;
    let endTick = -1;
    this.#manager.runSettled({ signal: this.#shutdown.signal }).then((list) => {
      errors = list;
      endTick = this.#tick;
    });
    while (await this.#time.nextAsync());
    if (!errors) {
      throw new Error(`The run never ends: it is "${this.#manager.state}"`);
    }
    return {
      events: sorted(this.#events),
      serial: this.#serial,
      errors: errors.map(asRecorded),
      added: this.#added,
      endTick,
    };
  }

  // All timers that are due fire before any task goes on, and those that are
  // set before the run fire first.
  #schedule(): void {
    for (const task of this.#trace.tasks) this.#addTask(task);
    for (const task of this.#trace.executeTasks) {
      const add = () => this.#addExecuteTask(task);
      if (task.addAt === null) add();
      else setTimeout(add, task.addAt * TICK);
    }
    const { cancelAt } = this.#trace;
    if (cancelAt !== null) {
      setTimeout(() => this.#shutdown.abort(), cancelAt * TICK);
    }
  }

  get #tick(): number {
    return this.#time.now / TICK;
  }

  #addTask(script: TaskScript): void {
    const { name, type, initialize, cleanup, execute } = script;
    this.#manager.addTask(name, {
      initialize: () =>
        this.#serialStage(name, initialize, "initialize", "initialized"),
      execute: this.#execute(name, execute),
      cleanup: () => this.#serialStage(name, cleanup, "cleanup", "cleaned"),
    }, { type });
  }

  #addExecuteTask({ name, type, execute }: ExecuteTaskScript): void {
    try {
      this.#manager.addExecuteTask(name, this.#execute(name, execute), {
        type,
      });
      this.#added[name] = true;
    } catch (error) {
      if (!(error instanceof InvalidStateError)) throw error;
      this.#added[name] = false;
    }
  }

  async #serialStage(
    name: string,
    { ticks, result }: StageScript,
    begins: "initialize" | "cleanup",
    ends: "initialized" | "cleaned",
  ): Promise<void> {
    this.#note(begins, name);
    this.#serial.push(`${begins} ${name}`);
    await wait(ticks);
    this.#note(ends, name);
    this.#serial.push(`${ends} ${name}`);
    if (result === "error") throw new Error(`${begins} ${name}`);
  }

  #execute(name: string, script: ExecuteScript): ExecuteFunction {
    return async ({ signal }) => {
      this.#note("execute", name);
      const { after, result, onCancel } = script;
      const first = await firstOf(after, onCancel && signal);
      if (first === "time") {
        this.#note("executed", name);
        if (result === "error") throw new Error(`execute ${name}`);
        return;
      }
      this.#note("cancelled", name);
      await wait(onCancel!.ticks);
      this.#note("executed", name);
      if (onCancel!.result === "error") throw new Error(`stop ${name}`);
    };
  }

  #note(event: string, task: string): void {
    this.#events.push({ tick: this.#tick, event, task });
  }
}

function wait(ticks: number): Promise<void> {
  return ticks === 0
    ? Promise.resolve()
    : new Promise((resolve) => setTimeout(resolve, ticks * TICK));
}

function firstOf(
  after: number | undefined,
  signal: TaskContext["signal"] | undefined,
): Promise<"time" | "abort"> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve("abort");
    const timer = after === undefined
      ? undefined
      : setTimeout(() => resolve("time"), after * TICK);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve("abort");
    });
  });
}

function asRecorded(error: TaskError): TraceError {
  return {
    task: error.taskName,
    stage: error.stage,
    error: error.code === "UNEXPECTED_STOP"
      ? UNEXPECTED_STOP
      : (error.cause as Error).message,
  };
}

/** Orders events as the traces do: by tick, then by task. */
function sorted(events: readonly TraceEvent[]): TraceEvent[] {
  return events.toSorted((a, b) =>
    a.tick - b.tick || (a.task < b.task ? -1 : a.task > b.task ? 1 : 0)
  );
}
