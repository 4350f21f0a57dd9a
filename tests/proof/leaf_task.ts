import type { Stage, Task, TaskContext } from "@goasync/core";
import type { Course } from "./course.ts";
import type { Action, LeafPlan, StagePlan } from "./plan.ts";
import type { Call, PlayedManager, PlayedNode } from "./played.ts";
import { watch } from "./watch.ts";

type Act = (action: Action, asker: PlayedManager) => void;
type Ending = StagePlan["ends"] | StagePlan["onAbort"];

const STAGES: readonly Stage[] = ["initialize", "execute", "drain", "cleanup"];

/** A task that does what its plan says, and notes what it sees. */
export function leafTask(
  node: PlayedNode,
  plan: LeafPlan,
  course: Course,
  act: Act,
): Task {
  const leaf = new Leaf(node, plan, course, act);
  const task: Task = {};
  for (const stage of STAGES) {
    const does = plan[stage];
    if (does) task[stage] = (context) => leaf.call(stage, does, context);
  }
  return task;
}

class Leaf {
  readonly #node: PlayedNode;
  readonly #plan: LeafPlan;
  readonly #course: Course;
  readonly #act: Act;
  #executed: Promise<void> = Promise.resolve();

  constructor(node: PlayedNode, plan: LeafPlan, course: Course, act: Act) {
    this.#node = node;
    this.#plan = plan;
    this.#course = course;
    this.#act = act;
  }

  call(
    stage: Stage,
    plan: StagePlan,
    given: TaskContext,
  ): void | Promise<void> {
    const course = this.#course;
    const node = this.#node;
    course.expect(!node.calls[stage], `${stage} is called once`);
    const { listens } = this.#plan;
    const call: Call = node.calls[stage] = {
      began: course.now(),
      wasTold: listens ? given.draining.aborted : undefined,
      wasAborted: listens ? given.signal.aborted : undefined,
    };
    if (listens) watch(node, stage, given, course);
    node.given.add(given);
    for (let count = 0; count < plan.notes; count++) {
      const note = `${stage} ${count}`;
      node.notes.push(note);
      given.note(note, { count });
    }
    if (plan.begins) this.#act(plan.begins, node.owner);
    const context = node.contexts.of(given);
    if (plan.after === 0) return this.#end(call, plan.ends, context);
    const ending = this.#goOn(stage, plan, call, context);
    if (stage === "execute") this.#executed = ending.catch(() => {});
    return ending;
  }

  #goOn(
    stage: Stage,
    plan: StagePlan,
    call: Call,
    context: TaskContext,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      void this.#course.letGo.reached.then(resolve);
      let isSettled = false;
      const signal = context[plan.heeds];
      const settle = (how: Ending) => {
        if (isSettled || how === "ignores it") return;
        isSettled = true;
        this.#course.soon(`${this.#node.path} ${stage}`)
          .then(() => this.#end(call, how, context, signal.reason))
          .then(resolve, reject);
      };
      if (plan.awaitsExecute) this.#executed.then(() => settle("returns"));
      else if (plan.after !== null) {
        this.#course.after(plan.after, () => settle(plan.ends));
      }
      const onAbort = () => {
        if (plan.aborts) this.#act(plan.aborts, this.#node.owner);
        settle(plan.onAbort);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort);
    });
  }

  #end(call: Call, how: Ending, context: TaskContext, reason?: unknown): void {
    call.ended = this.#course.now();
    if (how === "returns") return;
    call.threw = how === "throws" ? "a failure" : "what may be clean";
    const thrown = how === "throws"
      ? new Error("A failure")
      : how === "throws its reason"
      ? reason
      : new DOMException("Aborted", "AbortError");
    call.isCleanStop = context.isCleanStop(thrown);
    throw thrown;
  }
}
