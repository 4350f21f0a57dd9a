/** Milliseconds from one tick to the next; every limit is a multiple of it. */
export const TICK = 10;
/** Commands come before this tick; then whatever still runs is told to stop. */
export const LAST_TICK = 8;

export const ACTS = [
  "add",
  "cancel",
  "cancel at once",
  "stop",
  "stop at once",
  "abort",
  "run",
  "report",
] as const;
export type Act = typeof ACTS[number];

/** Something that is done by the caller, a task or a listener. */
export interface Action {
  readonly act: Act;
  /** Which manager, task or spare task it is done with or to. */
  readonly which: number;
}

export interface Command extends Action {
  readonly tick: number;
}

/** Something that is done within an event. */
export interface EventAction extends Action {
  /** Within which one, counted from the first. */
  readonly nth: number;
}

/** What one stage of a task does. */
export interface StagePlan {
  /** Ticks until it ends by itself: 0 before it returns, null never. */
  readonly after: number | null;
  readonly ends: "returns" | "throws" | "throws an AbortError";
  /** The signal that it listens to. */
  readonly heeds: "signal" | "draining" | "abandoned";
  readonly onAbort:
    | "ignores it"
    | "returns"
    | "throws"
    | "throws its reason"
    | "throws an AbortError";
  /** Whether it ends when its execute has, which only a drain can. */
  readonly awaitsExecute?: boolean | undefined;
  readonly notes: number;
  readonly begins?: Action | undefined;
  readonly aborts?: Action | undefined;
}

/** The context that a task, or a manager within, uses in place of its own. */
export type ContextPlan = "its own" | "a fork" | "another";

/** A task that is no manager; at least one stage is there. */
export interface LeafPlan {
  readonly initialize?: StagePlan | undefined;
  readonly execute?: StagePlan | undefined;
  readonly drain?: StagePlan | undefined;
  readonly cleanup?: StagePlan | undefined;
  readonly uses: ContextPlan;
  /** Whether it listens to its signals, which are made when they are read. */
  readonly listens: boolean;
}

/** Timeouts, all of which are finite. */
export interface LimitsPlan {
  readonly initializeTimeout?: number | undefined;
  readonly stopTimeout?: number | undefined;
  readonly cleanupTimeout?: number | undefined;
  readonly drainTimeout?: number | undefined;
  readonly shutdownTimeout?: number | undefined;
}

/** How a manager becomes a task of another. */
export interface NestingPlan {
  readonly how: "as it is" | "wrapped" | "run with a signal";
  /** What a wrapper hands on. */
  readonly uses: ContextPlan;
  /** Whether a wrapper has a drain. */
  readonly drains: boolean;
}

/** What is added to a manager: a task of its own, or another manager. */
export interface NodePlan<Type = string> {
  readonly type: Type;
  readonly limits: Omit<LimitsPlan, "shutdownTimeout">;
  readonly is: LeafPlan | ManagerPlan;
}

export interface ManagerPlan {
  readonly limits: LimitsPlan;
  readonly tasks: readonly NodePlan<"strict" | "error" | "stop-group">[];
  readonly executeTasks: readonly NodePlan<"strict" | "error">[];
  /** How it becomes a task of another, if it does. */
  readonly nesting: NestingPlan;
}

export interface Plan {
  readonly root: ManagerPlan;
  /** What the action "add" adds. */
  readonly spares: readonly NodePlan<"strict" | "error">[];
  readonly commands: readonly Command[];
  /** Who listens to events: somebody from the start or a later tick, or nobody. */
  readonly hearsFrom: number | null;
  /** What is done within events, if somebody listens from the start. */
  readonly inEvents: readonly EventAction[];
  /** Whether the calls of stages are wrapped. */
  readonly isWrapped: boolean;
}
