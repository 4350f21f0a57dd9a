import {
  type AddExecuteTaskOptions,
  type AroundStage,
  type ExecuteTask,
  InvalidStateError,
  type ManagerState,
  type TaskError,
  type TaskHandle,
  TaskManager,
} from "@goasync/core";
import { FakeTime } from "@std/testing/time";
import type { Scheduler } from "npm:fast-check@4";
import {
  type CountedSignal,
  countedSignal,
} from "../helpers/counted_signal.ts";
import { microtasks } from "../helpers/microtasks.ts";
import { Course } from "./course.ts";
import { leafTask } from "./leaf_task.ts";
import { nestedTask } from "./nested_task.ts";
import {
  type Action,
  LAST_TICK,
  type ManagerPlan,
  type NodePlan,
  type Plan,
} from "./plan.ts";
import type { Heard, PlayedManager, PlayedNode, Wrapped } from "./played.ts";
import { UsedContexts } from "./used_contexts.ts";

const BEFORE_STOP: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
];
const ADDING: readonly ManagerState[] = [...BEFORE_STOP, "draining"];
const BEFORE_END = [
  "waiting",
  "initializing",
  "initialized",
  "executing",
  "draining",
];
/** More than any plan needs to end; and one that has not by then hangs. */
const MAX_TICKS = 400;
/** So that tasks that add tasks end. */
const MAX_ADDED = 10;

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** Runs a plan, and notes what can be seen from outside. */
export class Play {
  readonly managers: PlayedManager[] = [];
  readonly nodes: PlayedNode[] = [];
  readonly root: PlayedManager;
  readonly signal: CountedSignal = countedSignal();
  readonly plan: Plan;
  errors: TaskError[] | undefined;
  /** Every event of every manager, in order. */
  readonly heard: Heard[] = [];
  readonly wrapped: Wrapped[] = [];
  /** The turns in which something was done within an event. */
  readonly disturbed: Set<number> = new Set();
  /** Promises of stops that have not resolved. */
  openStops = 0;
  /** Whether any timer was left when all managers were over. */
  leftTimers = false;
  readonly #course: Course;
  #added = 0;
  #isHearing: boolean;

  static async of(plan: Plan, scheduler: Scheduler): Promise<Play> {
    using time = new FakeTime();
    const play = new Play(plan, new Course(time, scheduler));
    await play.#run();
    return play;
  }

  private constructor(plan: Plan, course: Course) {
    this.plan = plan;
    this.#isHearing = plan.hearsFrom === 0;
    this.#course = course;
    this.root = this.#addManager([], plan.root, undefined);
  }

  /** What was seen to be wrong while it ran. */
  get violations(): readonly string[] {
    return this.#course.violations;
  }

  async #run(): Promise<void> {
    const course = this.#course;
    const look = () => this.#look();
    const run = this.root.manager.runSettled({ signal: this.signal.signal });
    run.then((errors) => this.errors = errors);
    await course.rest(look);
    while (!this.errors && course.tick < MAX_TICKS) {
      if (course.tick === this.plan.hearsFrom) this.#hearAll();
      for (const command of this.plan.commands) {
        if (command.tick === course.tick) {
          this.#act(command, this.root);
          await course.rest(look);
        }
      }
      if (course.tick === LAST_TICK) {
        this.#act({ act: "stop", which: 0 }, this.root);
        await course.rest(look);
      }
      await course.goOn(look);
    }
    this.leftTimers = this.areOver && course.hasTimers;
    // Whatever was left behind may still end, and must not be heard of.
    await course.end(look);
    this.leftTimers ||= this.areOver && course.hasTimers;
    for (const { given, owner: { manager } } of this.nodes) {
      if (manager.state !== "finished") continue;
      for (const { note } of given) note("Too late");
    }
  }

  /** Lets everyone end who hangs, and whoever waits for them. */
  async letGo(): Promise<void> {
    this.#course.letGo.open();
    await microtasks();
  }

  /** Whether no manager goes on, not even one that nobody waits for. */
  get areOver(): boolean {
    return this.managers.every(({ manager: { state } }) =>
      state === "idle" || state === "finished"
    );
  }

  /** Looks at everyone. */
  #look(): void {
    const course = this.#course;
    for (const played of this.managers) {
      const { state } = played.manager;
      if (state !== "idle") played.began ??= course.now();
      if (isStopped(played.manager)) played.told ??= course.now();
      if (state === "finished") played.finished ??= course.now();
    }
    for (const node of this.nodes) {
      if (!BEFORE_END.includes(node.handle.state)) node.over ??= course.now();
      course.expect(node.contexts.areAlike, `${node.path} has a context alike`);
    }
  }

  #act({ act, which }: Action, asker: PlayedManager): void {
    const pick = <Item>(items: readonly Item[]) => items[which % items.length];
    const asked = which % 2 ? asker : this.root;
    switch (act) {
      case "add":
        this.#add(pick(this.managers)!, pick(this.plan.spares)!);
        break;
      case "cancel":
        this.#cancel(pick(this.nodes), true);
        break;
      case "cancel at once":
        this.#cancel(pick(this.nodes), false);
        break;
      case "stop":
        this.#stop(asked, true);
        break;
      case "stop at once":
        this.#stop(asked, false);
        break;
      case "abort":
        this.root.asked++;
        this.signal.abort();
        // In the first turn a listener may abort what is not yet followed.
        if (!this.root.began) break;
        this.#course.expect(isStopped(this.root.manager), "an abort stops");
        break;
      case "run":
        this.#runAgain(asker.manager);
        break;
      case "report":
        this.#report(asked.manager);
    }
  }

  #add(owner: PlayedManager, plan: NodePlan): void {
    if (++this.#added > MAX_ADDED) return;
    const { state } = owner.manager;
    const mayAdd = ADDING.includes(state);
    const hasStarted = owner.nodes.some(({ calls }) => calls.execute);
    try {
      const node = this.#addNode(owner, plan, false);
      this.#course.expect(mayAdd, `nothing is added while ${state}`);
      const isCalled = node.handle.state !== "waiting";
      const starts = hasStarted && state !== "initializing";
      this.#course.expect(!starts || isCalled, "it starts at once");
    } catch (error) {
      const isRefused = !mayAdd && error instanceof InvalidStateError;
      this.#course.expect(isRefused, `adding is refused: ${error}`);
    }
  }

  #cancel(node: PlayedNode | undefined, drain: boolean): void {
    if (!node) return;
    const isLate = !BEFORE_END.includes(node.handle.state) || node.owner.told;
    if (!isLate) node.cancelled ??= this.#course.now();
    if (!drain && node.cancelled) {
      node.cancelledAtOnce ??= this.#course.now();
    }
    node.handle.cancel("cancelled", { drain });
  }

  #stop(played: PlayedManager, drain: boolean): void {
    played.asked++;
    if (!drain) played.askedAtOnce ??= this.#course.now();
    const run = played.manager.stop("stopped", { drain });
    this.openStops++;
    run.then(() => this.openStops--);
    this.#course.expect(isStopped(played.manager), "a call of stop stops");
    if (drain) return;
    for (const { aborted, given, path, leaf, calls } of played.nodes) {
      if (!leaf?.listens || given.size === 0 || calls.cleanup) continue;
      this.#course.expect(!!aborted, `${path} is aborted at once`);
    }
  }

  #runAgain(manager: TaskManager): void {
    if (manager.state === "idle" || manager.state === "finished") return;
    manager.runSettled().then(
      () => this.#course.expect(false, "a manager runs once"),
      (error) => {
        const isRefused = error instanceof InvalidStateError;
        this.#course.expect(isRefused, `a second run is refused: ${error}`);
      },
    );
  }

  /** What can be read at any time agrees with itself. */
  #report(manager: TaskManager): void {
    const report = manager.report();
    const copy = JSON.parse(JSON.stringify(report));
    const course = this.#course;
    course.expect(copy.state === manager.state, "the report is of now");
    const isLiving = ({ state }: TaskHandle) => BEFORE_END.includes(state);
    course.expect(manager.tasks.every(isLiving), "tasks are those that live");
  }

  // How everyone is added.

  #addManager(
    path: readonly string[],
    plan: ManagerPlan,
    parent: PlayedNode | undefined,
  ): PlayedManager {
    const around = this.plan.isWrapped
      ? (call: () => unknown, stage: AroundStage) => this.#wrap(call, stage)
      : undefined;
    const manager = new TaskManager({ ...plan.limits, around });
    const isDetached = !!parent && plan.nesting.how === "run with a signal";
    const played: PlayedManager = {
      path,
      plan,
      manager,
      parent,
      isDetached,
      nodes: [],
      asked: 0,
      heard: [],
    };
    this.managers.push(played);
    if (this.#isHearing) this.#hear(played);
    for (const task of plan.tasks) this.#addNode(played, task, true);
    for (const task of plan.executeTasks) this.#addNode(played, task, false);
    return played;
  }

  #addNode(
    owner: PlayedManager,
    plan: NodePlan,
    isTask: boolean,
  ): PlayedNode {
    const name = String(owner.nodes.length);
    const leaf = "tasks" in plan.is ? undefined : plan.is;
    const node: Writable<PlayedNode> = {
      path: [...owner.path, name],
      plan,
      owner,
      isTask,
      leaf,
      added: this.#course.now(),
      given: new Set(),
      contexts: new UsedContexts(leaf?.uses ?? "its own"),
      notes: [],
      calls: {},
      // Set below, as an execute task may be called before it was returned.
      handle: undefined as unknown as TaskHandle,
    };
    if ("tasks" in plan.is) {
      node.child = this.#addManager(node.path, plan.is, node);
    }
    owner.nodes.push(node);
    try {
      node.handle = this.#give(node, name);
    } catch (error) {
      owner.nodes.pop();
      throw error;
    }
    this.nodes.push(node);
    node.handle.finished.then((outcome) => node.outcome = outcome);
    return node;
  }

  /** Adds what a node is to its manager. */
  #give(node: PlayedNode, name: string): TaskHandle {
    const { plan, owner: { manager, plan: { limits } }, isTask } = node;
    const task = node.child
      ? nestedTask(node.child.manager, node.child.plan.nesting, isTask)
      : leafTask(
        node,
        node.leaf!,
        this.#course,
        (action, asker) => this.#act(action, asker),
      );
    const { drainTimeout = 0, ...others } = plan.limits;
    const isBelow = drainTimeout < (limits.shutdownTimeout ?? Infinity);
    const options = { ...(isBelow ? plan.limits : others), type: plan.type };
    return isTask
      ? manager.addTask(name, task, options as object)
      : manager.addExecuteTask(
        name,
        task as ExecuteTask,
        options as AddExecuteTaskOptions,
      );
  }

  // What is heard, and what is wrapped.

  #hearAll(): void {
    if (this.#isHearing) return;
    this.#isHearing = true;
    for (const played of this.managers) this.#hear(played);
  }

  #hear(played: PlayedManager): void {
    played.manager.subscribe((event) => played.heard.push(event));
    if (played.parent && !played.isDetached) return;
    played.manager.subscribe((event) => {
      const path = [...played.path, ...event.path].join("/");
      const moment = this.#course.now();
      this.heard.push({ event, moment, top: played, path });
      for (const action of this.plan.inEvents) {
        if (this.plan.hearsFrom !== 0) break;
        if (action.nth !== this.heard.length - 1) continue;
        this.disturbed.add(this.#course.now().turn);
        this.#act(action, this.root);
      }
      if (this.heard.length % 2) throw new Error("To be ignored");
      return Promise.reject(new Error("To be ignored"));
    });
  }

  #wrap(call: () => unknown, { path, stage, context }: AroundStage): unknown {
    this.wrapped.push({ path: path.join("/"), stage, context });
    return call();
  }
}

function isStopped({ state }: TaskManager): boolean {
  return !BEFORE_STOP.includes(state);
}
