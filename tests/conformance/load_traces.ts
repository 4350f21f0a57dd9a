import lines from "./traces.jsonl" with { type: "text" };

/** What a stage of a task does: how many ticks it takes, and how it ends. */
export interface StageScript {
  readonly ticks: number;
  readonly result: "ok" | "error";
}

/** What the execute of a task does. */
export interface ExecuteScript {
  /** The ticks after which it ends by itself, if it does. */
  readonly after?: number;
  readonly result?: "ok" | "error";
  /** What it does once its signal is aborted, if it looks at it. */
  readonly onCancel?: StageScript;
}

export interface TaskScript {
  readonly name: string;
  readonly type: "strict" | "error" | "stop-group";
  readonly initialize: StageScript;
  readonly execute: ExecuteScript;
  readonly cleanup: StageScript;
}

export interface ExecuteTaskScript {
  readonly name: string;
  readonly type: "strict" | "error";
  /** The tick it is added at, or null for before the run. */
  readonly addAt: number | null;
  readonly execute: ExecuteScript;
}

export interface TraceEvent {
  readonly tick: number;
  readonly event: string;
  readonly task: string;
}

export interface TraceError {
  readonly task: string;
  readonly stage: string;
  readonly error: string;
}

/** What came of a run. */
export interface Outcome {
  readonly events: readonly TraceEvent[];
  readonly serial: readonly string[];
  readonly errors: readonly TraceError[];
  readonly added: Readonly<Record<string, boolean>>;
  readonly endTick: number;
}

/** A scenario, and what came of it when it was recorded. */
export interface Trace extends Outcome {
  readonly id: string;
  readonly tasks: readonly TaskScript[];
  readonly executeTasks: readonly ExecuteTaskScript[];
  /** The tick at which the caller aborts, or null for never. */
  readonly cancelAt: number | null;
}

/** Every recorded run. */
export const traces: readonly Trace[] = lines.trim().split("\n").map((line) =>
  JSON.parse(line)
);
