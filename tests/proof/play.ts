import {
  type AddExecuteTaskOptions,
  type ExecuteTask,
  InvalidStateError,
  type ManagerState,
  type Stage,
  type Task,
  type TaskContext,
  type TaskError,
  type TaskHandle,
  TaskManager,
  type TaskOutcome,
} from "@goasync/core";
import { FakeTime } from "@std/testing/time";
import type { Scheduler } from "npm:fast-check@4";
import {
  type CountedSignal,
  countedSignal,
} from "../helpers/counted_signal.ts";
import {
  type Action,
  LAST_TICK,
  type LeafPlan,
  type ManagerPlan,
  type NodePlan,
  type Plan,
  type StagePlan,
  TICK,
} from "./plan.ts";

/**
 * When something happened. Whatever one command, one tick of the clock or one
 * promise sets in motion is one turn.
 */
export interface Moment {
  readonly order: number;
  readonly turn: number;
  readonly time: number;
}

/** A stage of a task that was called. */
export interface Call {
  readonly began: Moment;
  /** When its signal was aborted, if it listened to it. */
  aborted?: Moment;
  ended?: Moment;
  threw?: "a failure" | "what may be clean" | undefined;
}

/** A task, with what was seen of it. */
export interface PlayedNode {
  readonly path: readonly string[];
  readonly plan: NodePlan;
  readonly owner: PlayedManager;
  /** Whether it was added by addTask. */
  readonly isTask: boolean;
  readonly calls: { [Key in Stage]?: Call };
  readonly child?: PlayedManager | undefined;
  readonly leaf?: LeafPlan | undefined;
  handle: TaskHandle;
  outcome?: TaskOutcome;
  /** When it was cancelled for the first time. */
  cancelled?: Moment;
  /** When its handle told that it had ended. */
  over?: Moment;
}

/** A manager, with what was seen of it. */
export interface PlayedManager {
  readonly path: readonly string[];
  readonly plan: ManagerPlan;
  readonly manager: TaskManager;
  readonly nodes: PlayedNode[];
  /** How often somebody called its `stop`, or aborted what stops it. */
  asked: number;
  began?: Moment;
  told?: Moment;
  finished?: Moment;
}

const BEFORE_STOP: readonly ManagerState[] = [
  "idle",
  "initializing",
  "executing",
];
const BEFORE_END = ["waiting", "initializing", "initialized", "executing"];
/** More than any plan needs to end; and one that has not by then hangs. */
const MAX_TICKS = 300;
/** So that tasks that add tasks end. */
const MAX_ADDED = 10;

/** Runs a plan, and notes what can be seen from outside. */
export class Play {
  readonly managers: PlayedManager[] = [];
  readonly nodes: PlayedNode[] = [];
  readonly root: PlayedManager;
  readonly signal: CountedSignal = countedSignal();
  errors: TaskError[] | undefined;
  /** What was seen to be wrong while it ran. */
  readonly violations: string[] = [];
  /** Whether any timer was left when all was over. */
  leftTimers = false;
  readonly #time: FakeTime;
  readonly #scheduler: Scheduler;
  readonly #plan: Plan;
  readonly #later = new Map<number, (() => void)[]>();
  readonly #start: number;
  #added = 0;
  #order = 0;
  #turn = 0;
  #tick = 0;

  static async of(plan: Plan, scheduler: Scheduler): Promise<Play> {
    using time = new FakeTime();
    const play = new Play(plan, scheduler, time);
    await play.#run();
    return play;
  }

  private constructor(plan: Plan, scheduler: Scheduler, time: FakeTime) {
    this.#plan = plan;
    this.#scheduler = scheduler;
    this.#time = time;
    this.#start = time.now;
    this.root = this.#addManager([], plan.root);
  }

  async #run(): Promise<void> {
    const { root, signal } = this;
    const run = root.manager.runSettled({ signal: signal.signal });
    run.then((errors) => this.errors = errors);
    await this.#rest();
    for (; !this.errors && this.#tick < MAX_TICKS; this.#tick++) {
      for (const command of this.#plan.commands) {
        if (command.tick === this.#tick) await this.#turnOf(command, root);
      }
      if (this.#tick === LAST_TICK) {
        await this.#turnOf({ act: "stop", which: 0 }, root);
      }
      for (const act of this.#later.get(this.#tick) ?? []) act();
      await this.#settleAll();
      this.#time.tick(TICK);
      await this.#rest();
    }
    this.leftTimers = this.#time.next();
    // Whatever was left behind may still end, and must not be heard of.
    for (const [tick, acts] of this.#later) {
      if (tick >= this.#tick) acts.forEach((act) => act());
    }
    await this.#settleAll();
  }

  /** Settles what has to be settled now, in the order the scheduler likes. */
  async #settleAll(): Promise<void> {
    while (this.#scheduler.count() > 0) {
      await this.#scheduler.waitNext(1);
      await this.#rest();
    }
  }

  async #turnOf(action: Action, asker: PlayedManager): Promise<void> {
    this.#do(action, asker);
    await this.#rest();
  }

  /** Waits until the turn is over, and looks at everyone. */
  async #rest(): Promise<void> {
    await this.#time.runMicrotasks();
    for (const played of this.managers) {
      if (played.manager.state !== "idle") played.began ??= this.#now();
      if (isStopped(played.manager)) played.told ??= this.#now();
      if (played.manager.state === "finished") played.finished ??= this.#now();
    }
    for (const node of this.nodes) {
      if (!BEFORE_END.includes(node.handle.state)) node.over ??= this.#now();
    }
    this.#turn++;
  }

  #now(): Moment {
    const time = this.#time.now - this.#start;
    return { order: this.#order++, turn: this.#turn, time };
  }

  #do({ act, which }: Action, asker: PlayedManager): void {
    const pick = <Item>(items: readonly Item[]) => items[which % items.length];
    switch (act) {
      case "add":
        this.#add(pick(this.managers)!, pick(this.#plan.spares)!);
        break;
      case "cancel": {
        const node = pick(this.nodes);
        if (!node) break;
        node.cancelled ??= this.#now();
        node.handle.cancel();
        break;
      }
      case "stop":
        this.#stop(which % 2 ? asker : this.root);
        break;
      case "abort":
        this.root.asked++;
        this.signal.abort();
        this.#expect(isStopped(this.root.manager), "an abort stops at once");
        break;
      case "run":
        this.#runAgain(asker.manager);
    }
  }

  #add(owner: PlayedManager, plan: NodePlan): void {
    if (++this.#added > MAX_ADDED) return;
    const mayAdd = !isStopped(owner.manager);
    try {
      this.#addNode(owner, plan, false);
      this.#expect(mayAdd, "nothing is added from the stop on");
    } catch (error) {
      const isRefused = error instanceof InvalidStateError;
      this.#expect(!mayAdd && isRefused, `adding is refused: ${error}`);
    }
  }

  #stop(played: PlayedManager): void {
    played.asked++;
    played.manager.stop();
    this.#expect(isStopped(played.manager), "a call of stop stops at once");
  }

  #runAgain(manager: TaskManager): void {
    if (manager.state === "idle" || manager.state === "finished") return;
    manager.runSettled().then(
      () => this.#expect(false, "a manager runs once"),
      (error) => {
        const isRefused = error instanceof InvalidStateError;
        this.#expect(isRefused, `a second run is refused: ${error}`);
      },
    );
  }

  #expect(isSo: boolean, what: string): void {
    if (!isSo) this.violations.push(what);
  }

  #addManager(path: readonly string[], plan: ManagerPlan): PlayedManager {
    const manager = new TaskManager(plan.limits);
    const played = { path, plan, manager, nodes: [], asked: 0 };
    this.managers.push(played);
    for (const task of plan.tasks) this.#addNode(played, task, true);
    for (const task of plan.executeTasks) this.#addNode(played, task, false);
    return played;
  }

  #addNode(owner: PlayedManager, plan: NodePlan, isTask: boolean): void {
    const name = String(owner.nodes.length);
    const path = [...owner.path, name];
    const child = "tasks" in plan.is
      ? this.#addManager(path, plan.is)
      : undefined;
    const leaf = "tasks" in plan.is ? undefined : plan.is;
    // Set at once, before the handle is there, as an execute task may be called
    // before it was returned.
    const handle = undefined as unknown as TaskHandle;
    const node: PlayedNode = {
      path,
      plan,
      owner,
      isTask,
      child,
      leaf,
      handle,
      calls: {},
    };
    const task = leaf ? this.#taskOf(node, leaf) : child!.manager;
    const options = { ...plan.limits, type: plan.type };
    const { manager } = owner;
    owner.nodes.push(node);
    try {
      node.handle = isTask
        ? manager.addTask(
          name,
          child?.manager.asTask() ?? task,
          options as object,
        )
        : manager.addExecuteTask(
          name,
          task as ExecuteTask,
          options as AddExecuteTaskOptions,
        );
    } catch (error) {
      owner.nodes.pop();
      throw error;
    }
    this.nodes.push(node);
    node.handle.finished.then((outcome) => node.outcome = outcome);
  }

  #taskOf(node: PlayedNode, leaf: LeafPlan): Task {
    const task: Task = {
      execute: (context) => this.#call(node, "execute", leaf.execute, context),
    };
    for (const stage of ["initialize", "cleanup"] as const) {
      const plan = leaf[stage];
      if (plan) {
        task[stage] = (context) => this.#call(node, stage, plan, context);
      }
    }
    return task;
  }

  #call(
    node: PlayedNode,
    stage: Stage,
    plan: StagePlan,
    context: TaskContext,
  ): void | Promise<void> {
    this.#expect(!node.calls[stage], `${stage} is called once`);
    const call: Call = node.calls[stage] = { began: this.#now() };
    if (plan.begins) this.#do(plan.begins, node.owner);
    if (plan.after === 0) return this.#end(call, plan.ends);
    return new Promise((resolve, reject) => {
      let isSettled = false;
      const signal = plan.drains ? context.draining : context.signal;
      const settle = (how: StagePlan["ends"] | StagePlan["onAbort"]) => {
        if (isSettled || how === "ignores it") return;
        isSettled = true;
        this.#scheduler.schedule(Promise.resolve(), `${node.path} ${stage}`)
          .then(() => this.#end(call, how, signal.reason)).then(
            resolve,
            reject,
          );
      };
      if (plan.after !== null) this.#at(plan.after, () => settle(plan.ends));
      const onAbort = () => {
        call.aborted = this.#now();
        if (plan.aborts) this.#do(plan.aborts, node.owner);
        settle(plan.onAbort);
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener("abort", onAbort);
    });
  }

  #at(ticks: number, act: () => void): void {
    const tick = this.#tick + ticks;
    const acts = this.#later.get(tick);
    if (acts) acts.push(act);
    else this.#later.set(tick, [act]);
  }

  #end(
    call: Call,
    how: StagePlan["ends"] | StagePlan["onAbort"],
    reason?: unknown,
  ): void {
    call.ended = this.#now();
    if (how === "returns") return;
    call.threw = how === "throws" ? "a failure" : "what may be clean";
    if (how === "throws") throw new Error("A failure");
    if (how === "throws its reason") throw reason;
    throw new DOMException("Aborted", "AbortError");
  }
}

function isStopped({ state }: TaskManager): boolean {
  return !BEFORE_STOP.includes(state);
}
