import * as fc from "npm:fast-check@4";

/** Milliseconds from one tick to the next; every limit is a multiple of it. */
export const TICK = 10;
/** Commands come before this tick; then whatever still runs is told to stop. */
export const LAST_TICK = 8;

export type Act = "add" | "cancel" | "stop" | "abort" | "run";

/** Something that is called, by the caller or by a task. */
export interface Action {
  readonly act: Act;
  /** Which manager, task or spare task it is done with or to. */
  readonly which: number;
}

export interface Command extends Action {
  readonly tick: number;
}

/** What one stage of a task does. */
export interface StagePlan {
  /** Ticks until it ends by itself: 0 before it returns, null never. */
  readonly after: number | null;
  readonly ends: "returns" | "throws" | "throws an AbortError";
  readonly onAbort:
    | "ignores it"
    | "returns"
    | "throws"
    | "throws its reason"
    | "throws an AbortError";
  /** Whether it is `draining` that it heeds. */
  readonly drains: boolean;
  readonly begins?: Action | undefined;
  readonly aborts?: Action | undefined;
}

export interface LeafPlan {
  readonly initialize?: StagePlan | undefined;
  readonly execute: StagePlan;
  readonly cleanup?: StagePlan | undefined;
}

/** Timeouts, all of which are finite. */
export interface LimitsPlan {
  readonly initializeTimeout?: number | undefined;
  readonly stopTimeout?: number | undefined;
  readonly cleanupTimeout?: number | undefined;
  readonly drainTimeout?: number | undefined;
  readonly shutdownTimeout?: number | undefined;
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
}

export interface Plan {
  readonly root: ManagerPlan;
  /** What the action "add" adds. */
  readonly spares: readonly NodePlan<"strict" | "error">[];
  readonly commands: readonly Command[];
}

function maybe<Value>(
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined, freq: 2 });
}

const which = fc.nat({ max: 99 });
const ACTS = ["add", "cancel", "stop", "abort", "run"] as const;
const action = fc.record({ act: fc.constantFrom(...ACTS), which });
const rarely = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 9 },
  action,
);

const stage: fc.Arbitrary<StagePlan> = fc.record({
  after: fc.option(fc.nat({ max: 5 }), { freq: 3 }),
  ends: fc.constantFrom(
    "returns",
    "returns",
    "returns",
    "throws",
    "throws an AbortError",
  ),
  onAbort: fc.constantFrom(
    "throws its reason",
    "returns",
    "ignores it",
    "throws",
    "throws an AbortError",
  ),
  drains: fc.boolean(),
  begins: rarely,
  aborts: rarely,
});

/** Most initialize and cleanup quickly and well, so that executes are reached. */
const tame: fc.Arbitrary<StagePlan> = fc.record({
  after: fc.nat({ max: 2 }),
  ends: fc.constant("returns"),
  onAbort: fc.constantFrom("ignores it", "throws its reason"),
  drains: fc.constant(false),
  begins: rarely,
  aborts: rarely,
});
const bounded = fc.oneof({ arbitrary: tame, weight: 6 }, stage);

const leaf: fc.Arbitrary<LeafPlan> = fc.record({
  initialize: maybe(bounded),
  execute: stage,
  cleanup: maybe(bounded),
});

const time = fc.nat({ max: 8 }).map((ticks) => ticks * TICK);
const taskLimits = fc.record({
  initializeTimeout: time,
  stopTimeout: time,
  cleanupTimeout: time,
  drainTimeout: time,
}, { requiredKeys: [] });
const limits: fc.Arbitrary<LimitsPlan> = fc.record({
  initializeTimeout: time,
  stopTimeout: time,
  cleanupTimeout: time,
  drainTimeout: time,
  shutdownTimeout: time,
}, { requiredKeys: [] });
/** With these every run ends: the budget is set, or each stage has its limit. */
const enoughLimits: fc.Arbitrary<LimitsPlan> = fc.oneof(
  fc.record({ drainTimeout: time, shutdownTimeout: time }),
  fc.record({
    initializeTimeout: time,
    stopTimeout: time,
    cleanupTimeout: time,
    drainTimeout: time,
  }, { requiredKeys: ["initializeTimeout", "stopTimeout", "cleanupTimeout"] }),
);

function node<Type extends string>(
  depth: number,
  types: readonly Type[],
): fc.Arbitrary<NodePlan<Type>> {
  return fc.record({
    type: fc.constantFrom(...types),
    limits: fc.oneof(fc.constant({}), taskLimits),
    is: depth === 0 ? leaf : fc.oneof(
      { arbitrary: leaf, weight: 4 },
      { arbitrary: manager(depth - 1, limits), weight: 1 },
    ),
  });
}

function manager(
  depth: number,
  limits: fc.Arbitrary<LimitsPlan>,
): fc.Arbitrary<ManagerPlan> {
  const types = ["error", "strict"] as const;
  return fc.record({
    limits,
    tasks: fc.array(node(depth, [...types, "stop-group"]), { maxLength: 3 }),
    executeTasks: fc.array(node(depth, types), { maxLength: 2 }),
  });
}

/** Any run that has to end once it is told to stop. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  root: manager(2, enoughLimits),
  spares: fc.array(node(1, ["error", "strict"]), {
    minLength: 1,
    maxLength: 2,
  }),
  commands: fc.array(
    fc.record({
      tick: fc.nat({ max: LAST_TICK - 1 }),
      act: fc.constantFrom(...ACTS),
      which,
    }),
    { maxLength: 4 },
  ),
});
