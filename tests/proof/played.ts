import type {
  ManagerEvent,
  Stage,
  TaskContext,
  TaskHandle,
  TaskManager,
  TaskOutcome,
} from "@goasync/core";
import type { LeafPlan, ManagerPlan, NodePlan } from "./plan.ts";
import type { UsedContexts } from "./used_contexts.ts";

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
  /** Whether its signals had aborted, if the task listens to them. */
  readonly wasTold: boolean | undefined;
  readonly wasAborted: boolean | undefined;
  ended?: Moment;
  threw?: "a failure" | "what may be clean" | undefined;
  /** What its context said of what it threw. */
  isCleanStop?: boolean;
}

/** When a signal aborted, and why. */
export interface Abort extends Moment {
  readonly reason: unknown;
}

/** A task, with what was seen of it. */
export interface PlayedNode {
  readonly path: readonly string[];
  readonly plan: NodePlan;
  readonly owner: PlayedManager;
  /** Whether it was added by addTask. */
  readonly isTask: boolean;
  readonly added: Moment;
  readonly calls: { [Key in Stage]?: Call };
  readonly child?: PlayedManager | undefined;
  readonly leaf?: LeafPlan | undefined;
  /** The contexts that it was given, and what it made of them. */
  readonly given: Set<TaskContext>;
  readonly contexts: UsedContexts;
  /** What it noted while somebody could hear of it. */
  readonly notes: string[];
  handle: TaskHandle;
  outcome?: TaskOutcome;
  /** When it was cancelled for the first time while that changed something. */
  cancelled?: Moment;
  /** When it was cancelled without a drain, likewise. */
  cancelledAtOnce?: Moment;
  /** When its signals aborted, if it listens to them. */
  told?: Abort;
  aborted?: Abort;
  abandoned?: Abort;
  /** When the signal of its cleanup aborted. */
  cleanupAborted?: Abort;
  /** When its handle told that it had ended. */
  over?: Moment;
}

/** A manager, with what was seen of it. */
export interface PlayedManager {
  readonly path: readonly string[];
  readonly plan: ManagerPlan;
  readonly manager: TaskManager;
  readonly nodes: PlayedNode[];
  /** The task that it is, if it is one. */
  readonly parent: PlayedNode | undefined;
  /** Whether no context leads to it, so that those above know nothing of it. */
  readonly isDetached: boolean;
  /** How often somebody called its `stop`, or aborted what stops it. */
  asked: number;
  /** When somebody ended its draining. */
  askedAtOnce?: Moment;
  began?: Moment;
  told?: Moment;
  finished?: Moment;
  /** What a listener of its own heard. */
  readonly heard: ManagerEvent[];
}

/** An event, and when it was heard. */
export interface Heard {
  readonly event: ManagerEvent;
  readonly moment: Moment;
  /** The outermost manager that it was heard of. */
  readonly top: PlayedManager;
  /** The names from the outermost manager of all down. */
  readonly path: string;
}

/** A call that was wrapped by `around`. */
export interface Wrapped {
  readonly path: string;
  readonly stage: Stage;
  readonly context: TaskContext;
}
