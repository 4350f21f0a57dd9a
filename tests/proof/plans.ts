import * as fc from "npm:fast-check@4";
import {
  type Action,
  ACTS,
  type ContextPlan,
  LAST_TICK,
  type LeafPlan,
  type LimitsPlan,
  type ManagerPlan,
  type NestingPlan,
  type NodePlan,
  type Plan,
  type StagePlan,
  TICK,
} from "./plan.ts";

function maybe<Value>(
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<Value | undefined> {
  return fc.option(value, { nil: undefined, freq: 2 });
}

const which = fc.nat({ max: 99 });
const act = fc.constantFrom(...ACTS);
const action: fc.Arbitrary<Action> = fc.record({ act, which });
const rarely = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 9 },
  action,
);
const heeds = fc.constantFrom(
  "signal",
  "signal",
  "draining",
  "abandoned",
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
  heeds,
  onAbort: fc.constantFrom(
    "throws its reason",
    "returns",
    "ignores it",
    "throws",
    "throws an AbortError",
  ),
  notes: fc.nat({ max: 2 }),
  begins: rarely,
  aborts: rarely,
});

/** Most initialize and cleanup quickly and well, so that executes are reached. */
const tame: fc.Arbitrary<StagePlan> = fc.record({
  after: fc.nat({ max: 2 }),
  ends: fc.constant("returns"),
  heeds: fc.constant("signal"),
  onAbort: fc.constantFrom("ignores it", "throws its reason"),
  notes: fc.nat({ max: 2 }),
  begins: rarely,
  aborts: rarely,
});
const bounded = fc.oneof({ arbitrary: tame, weight: 6 }, stage);

const drain: fc.Arbitrary<StagePlan> = fc.oneof(
  { arbitrary: tame, weight: 2 },
  { arbitrary: stage, weight: 2 },
  stage.map((plan) => ({ ...plan, awaitsExecute: true })),
);

const uses: fc.Arbitrary<ContextPlan> = fc.constantFrom(
  "its own",
  "its own",
  "a fork",
  "another",
);

const leafOfTask: fc.Arbitrary<LeafPlan> = fc.record({
  initialize: maybe(bounded),
  execute: fc.option(stage, { nil: undefined, freq: 4 }),
  drain: maybe(drain),
  cleanup: maybe(bounded),
  uses,
  listens: fc.boolean(),
}).filter(({ initialize, execute, drain, cleanup }) =>
  [initialize, execute, drain, cleanup].some((each) => each)
);

const leafOfExecuteTask: fc.Arbitrary<LeafPlan> = fc.record({
  execute: stage,
  drain: maybe(drain),
  uses,
  listens: fc.boolean(),
});

const time = fc.nat({ max: 8 }).map((ticks) => ticks * TICK);
/** So that half of it is a multiple of a tick. */
const shutdownTime = time.map((ms) => 2 * ms);

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
  shutdownTimeout: shutdownTime,
}, { requiredKeys: [] });
/** With these every run ends: the budget is set, or each stage has its limit. */
const enoughLimits: fc.Arbitrary<LimitsPlan> = fc.oneof(
  fc.record({ drainTimeout: time, shutdownTimeout: shutdownTime }, {
    requiredKeys: ["shutdownTimeout"],
  }),
  fc.record({
    initializeTimeout: time,
    stopTimeout: time,
    cleanupTimeout: time,
    drainTimeout: time,
  }),
);

/** A drain must not be given the whole budget. */
function withoutLongDrains(limits: LimitsPlan): LimitsPlan {
  const { drainTimeout = 0, shutdownTimeout = Infinity } = limits;
  if (drainTimeout < shutdownTimeout) return limits;
  return { ...limits, drainTimeout: undefined };
}

const nesting: fc.Arbitrary<NestingPlan> = fc.record({
  how: fc.constantFrom(
    "as it is",
    "as it is",
    "wrapped",
    "wrapped",
    "run with a signal",
  ),
  uses,
  drains: fc.boolean(),
});

function node<Type extends string>(
  leaf: fc.Arbitrary<LeafPlan>,
  depth: number,
  types: readonly Type[],
): fc.Arbitrary<NodePlan<Type>> {
  const plan = fc.record({
    type: fc.constantFrom(...types),
    limits: fc.oneof(fc.constant({}), taskLimits),
    is: depth === 0 ? leaf : fc.oneof(
      { arbitrary: leaf, weight: 4 },
      { arbitrary: manager(depth - 1, limits), weight: 1 },
    ),
  });
  // A stop-group needs tasks that execute.
  return plan.filter(({ type, is }) =>
    type !== "stop-group" || "tasks" in is || is.execute !== undefined
  );
}

function manager(
  depth: number,
  limits: fc.Arbitrary<LimitsPlan>,
): fc.Arbitrary<ManagerPlan> {
  const types = ["error", "strict"] as const;
  return fc.record({
    limits: limits.map(withoutLongDrains),
    tasks: fc.array(
      node(leafOfTask, depth, [...types, "stop-group"]),
      { maxLength: 3 },
    ),
    executeTasks: fc.array(
      node(leafOfExecuteTask, depth, types),
      { maxLength: 2 },
    ),
    nesting,
  });
}

/** Any run that has to end once it is told to stop. */
export const plans: fc.Arbitrary<Plan> = fc.record({
  root: manager(2, enoughLimits),
  spares: fc.array(node(leafOfExecuteTask, 1, ["error", "strict"]), {
    minLength: 1,
    maxLength: 2,
  }),
  commands: fc.array(
    fc.record({ tick: fc.nat({ max: LAST_TICK - 1 }), act, which }),
    { maxLength: 4 },
  ),
  hearsFrom: fc.constantFrom(0, 0, 0, 0, 4, null),
  inEvents: fc.oneof(
    fc.constant([]),
    fc.array(fc.record({ nth: fc.nat({ max: 60 }), act, which }), {
      minLength: 1,
      maxLength: 3,
    }),
  ),
  isWrapped: fc.boolean(),
});
