import { abortError, timeoutError } from "./abort_errors.ts";
import { cancelTask } from "./cancel_task.ts";
import { EventStream } from "./event_stream.ts";
import { type Limits, startLimit } from "./limits.ts";
import { ManagerReport } from "./manager_report.ts";
import type { AroundCall, RunOptions } from "./manager_types.ts";
import type { InnerManager } from "./inner_manager.ts";
import { InnerManagers } from "./inner_managers.ts";
import { messageOf } from "./messages.ts";
import { type Deferred, deferred } from "./promises.ts";
import type { Report } from "./report_types.ts";
import { RunList } from "./run_list.ts";
import type { ManagerState, StopCause } from "./states.ts";
import {
  type Abortable,
  abortAll,
  type Follower,
  followSignal,
  type Stoppable,
  tellAll,
} from "./stop_tree.ts";
import { Stopping } from "./stopping.ts";
import { ownerOf, TaskContext } from "./task_context.ts";
import { type TaskError, toAggregateError } from "./task_error.ts";
import type { RunHost, TaskRun } from "./task_run.ts";

const GROUP_ENDED = abortError("The stop-group has ended");

/** What starts a stop. */
interface StopStart {
  readonly by: StopCause;
  readonly reason: unknown;
  /** The task that started it. */
  readonly taskName?: string;
  /** Whether drains get their time. */
  readonly drains: boolean;
  /** Whether signals stay live until those of the manager above abort. */
  readonly isHeld?: boolean;
}

/** What a manager knows of its run, and how it stops, gives up and ends. */
export class ManagerRun {
  state: ManagerState = "idle";
  readonly limits: Limits;
  readonly runs: RunList = new RunList();
  readonly report: ManagerReport = new ManagerReport();
  readonly events: EventStream = new EventStream();
  /** Those whose initialize was called, even if it failed. */
  readonly toCleanUp: TaskRun[] = [];
  /** Whether the first execute was called, and so all will be. */
  hasStarted = false;
  /** How many tasks of the stop-group have not ended, if there are any. */
  stopGroup: number | undefined;
  stopping: Stopping | undefined;
  /** Resolves when every signal has aborted. */
  readonly aborted: Deferred = deferred();
  /** Resolves when the run is over. */
  readonly over: Deferred = deferred();
  /** What its tasks ask of it. */
  readonly host: RunHost;
  /** Leaves the manager above, if there is one. */
  leave: (() => void) | undefined;

  /** The errors that nobody was given yet: their causes keep hold of tasks. */
  readonly #errors: TaskError[] = [];
  readonly #within: InnerManagers = new InnerManagers(this.events);
  /** Lets go of what the run holds on to. */
  readonly #releases: (() => void)[] = [];
  readonly #asInner: InnerManager = this.#makeInner();

  constructor(
    limits: Limits,
    around: AroundCall | undefined,
    isManager: (task: unknown) => boolean,
  ) {
    this.limits = limits;
    this.host = this.#makeHost(around, isManager);
  }

  /** The run is over. */
  finish(): void {
    if (this.state === "finished") return;
    this.#leaveOrphans();
    this.report.finish(this.runs);
    this.stopping?.close();
    for (const release of this.#releases.splice(0)) release();
    this.runs.clear();
    this.#within.clear();
    this.toCleanUp.length = 0;
    this.enter("finished");
    this.events.leave();
    this.aborted.resolve();
    this.over.resolve();
  }

  /** Comes to another state. */
  enter(state: ManagerState): void {
    this.state = state;
    this.report.enter();
    this.events.heard?.emit([], { type: "state", state });
  }

  /** What there is to say now of the run. */
  read(): Report {
    return this.report.read(this.state, this.runs, this.#within);
  }

  // ── How it stops ──

  /** Begins a stop and tells everyone, unless one has begun. */
  stop(start: StopStart): void {
    if (!this.#beginStop(start)) return;
    abortAll(this.stopping!.tell(), this.stopping!.reason);
  }

  /** Begins a stop: the state changes before anybody is told. */
  #beginStop(start: StopStart): boolean {
    const { by, reason, taskName = null, drains, isHeld = false } = start;
    const message = messageOf(reason); // Whose getters may stop it, too.
    const executes = this.hasStarted;
    const mayDrain = drains && executes;
    if (
      this.stopping || this.state === "idle" || this.state === "finished"
    ) {
      if (by === "stray") this.report.stop({ by, taskName, reason: message });
      return false;
    }
    const { shutdownTimeout = Infinity } = this.limits;
    this.stopping = new Stopping(this.runs, {
      reason,
      drains: mayDrain,
      // The manager above, which asks for it, says when it is over.
      startsDraining: mayDrain && (isHeld || this.#hasDrains),
      drainTime: shutdownTimeout / 2,
      isHeld: isHeld && executes,
      onAbort: () => this.#aborting(),
    });
    this.state = this.stopping.isDraining ? "draining" : "stopping";
    this.report.stop({ by, taskName, reason: message }, shutdownTimeout);
    this.#limitShutdown();
    // Nobody is initialized or executed any more.
    if (!executes) { for (const run of this.runs) run.neverStart(); }
    this.events.heard?.emit(
      [],
      { type: "told", by, taskName, reason },
      { type: "state", state: this.state },
    );
    return true;
  }

  #aborting(): void {
    if (this.state === "draining") this.enter("stopping");
    this.aborted.resolve();
  }

  #limitShutdown(): void {
    const endLimit = startLimit(
      this.limits,
      "shutdownTimeout",
      (timeout) => this.#giveUpWithInner(timeout),
    );
    if (endLimit) this.#releases.push(endLimit);
  }

  /** Whether a task of this manager, or of one within, has a drain. */
  get #hasDrains(): boolean {
    return [this.#asInner, ...this.#within.all()]
      .some((manager) => manager.hasDrains);
  }

  checkStopGroup(): void {
    if (this.stopGroup !== 0) return;
    this.stop({ by: "stop-group", reason: GROUP_ENDED, drains: true });
  }

  /** A stage has ended: what that means for the others. */
  #stageEnded(run: TaskRun, error: TaskError | undefined): void {
    if (error) {
      this.#errors.push(error);
      const { name: taskName } = run;
      if (!run.isCancelled) {
        this.stop({ by: "task", reason: error, taskName, drains: true });
      }
    }
    this.checkStopGroup();
  }

  /** It was idle, and is over. */
  neverRun(): void {
    for (const run of this.runs) run.neverStart();
    this.finish();
  }

  // ── What is left behind ──

  /** The time for the whole stop is over: everything ends in this turn. */
  #giveUpWithInner(timeout: DOMException): void {
    for (const each of this.#within.all().reverse()) each.giveUp(timeout);
    this.#giveUp(timeout);
  }

  /** The same, when the managers within have given up. */
  #giveUp(timeout: DOMException): void {
    if (this.state === "finished") return;
    this.#beginStop({ by: "signal", reason: timeout, drains: false });
    this.stopping!.abort();
    const notBegun = timeoutError(`Not begun: ${timeout.message}`);
    const toCleanUp = this.toCleanUp.filter((run) => !run.cleanupHasBegun);
    for (const run of this.runs) run.leaveBehind("abandoned", timeout);
    for (const run of toCleanUp.reverse()) {
      const errors = this.#within.giveUp(run, notBegun);
      const isNamed = errors.length > 0 ||
        run.hasMethod("cleanup") && !run.isManager;
      if (!isNamed) continue;
      this.#errors.push(
        run.reportLeftBehind("cleanup", "abandoned", notBegun, errors),
      );
    }
    this.finish();
  }

  /** A manager that its task did not wait for ends with the run. */
  #leaveOrphans(): void {
    if (this.#within.isEmpty) return;
    const timeout = timeoutError("The task that ran it has ended");
    for (const [run, errors] of this.#within.giveUpAll(timeout)) {
      this.#errors.push(
        run.reportLeftBehind("execute", "abandoned", timeout, errors),
      );
    }
  }

  takeErrors(): TaskError[] {
    return this.#errors.splice(0);
  }

  throwErrors(): void {
    const errors = this.takeErrors();
    if (errors.length > 0) throw toAggregateError(errors);
  }

  // ── As a part of another manager ──

  /** Is a part of the manager whose task's context it is run with. */
  join(options: RunOptions): void {
    if (!(options instanceof TaskContext)) return;
    this.leave = ownerOf(options).adopt(this.#asInner);
  }

  /** Stops with the context or the signal that it is run with. */
  follow(options: RunOptions): void {
    if (this.state === "finished") return;
    if (options instanceof TaskContext) {
      const { stop } = ownerOf(options);
      this.#releases.push(stop.follow(this.#contextFollower));
    } else if (options.signal) {
      this.#releases.push(followSignal(options.signal, this.#signalFollower));
    }
  }

  /** Drains with a task: returns what is to be waited for. */
  drain(stop: Stoppable, reason: unknown): Promise<void> | undefined {
    if (this.state === "idle") this.neverRun();
    if (this.state === "finished") return;
    tellAll([this.#contextFollower], reason, true);
    // It may be another context than that which the manager is run with.
    this.#releases.push(stop.follow(this.#contextFollower));
    return this.stopping?.drained;
  }

  /** Is told with a task, drains with it, and aborts with it. */
  readonly #contextFollower: Follower = {
    tell: (reason, drains) => {
      const start = { by: "signal", reason, drains, isHeld: true } as const;
      return this.#beginStop(start) ? this.stopping!.toldFromAbove() : [];
    },
    allTold: () => {
      const stopping = this.stopping;
      if (stopping) abortAll(stopping.allTold(), stopping.reason);
    },
    abort: (reason) => this.#abortWith(reason),
  };

  /** Stops of its own accord when a signal aborts. */
  readonly #signalFollower: Abortable = {
    abort: (reason) => {
      const start = { by: "signal", reason, drains: true } as const;
      return this.#beginStop(start) ? this.stopping!.tell() : [];
    },
  };

  /** Has to stop now; returns whose signals abort. */
  #abortWith(reason: unknown): Iterable<Follower> {
    this.#beginStop({ by: "signal", reason, drains: false });
    const stopping = this.stopping!;
    for (const run of this.runs) run.tell(stopping.reason);
    return stopping.beginAbort();
  }

  /** What a manager above asks of this one. */
  #makeInner(): InnerManager {
    const hasDrains = () =>
      this.stopping?.isDraining ??
        this.runs.some((run) => run.hasDrain && !run.isManager);
    return {
      events: this.events,
      within: this.#within,
      get hasDrains() {
        return hasDrains();
      },
      report: () => this.read(),
      giveUp: (timeout) => this.#giveUp(timeout),
      takeErrors: () => this.takeErrors(),
    };
  }

  /** What a task asks of this manager. */
  #makeHost(
    around: AroundCall | undefined,
    isManager: (task: unknown) => boolean,
  ): RunHost {
    const isFinished = () => this.state === "finished";
    return {
      events: this.events,
      around,
      get isFinished() {
        return isFinished();
      },
      clock: this.report,
      within: this.#within,
      isManager,
      cancel: (run, reason, drain) => {
        cancelTask(run, reason, drain, this.events);
        this.checkStopGroup();
      },
      settled: (run) => {
        this.runs.settled(run);
        if (run.type === "stop-group") this.stopGroup!--;
      },
      stageEnded: (run, error) => this.#stageEnded(run, error),
    };
  }
}
