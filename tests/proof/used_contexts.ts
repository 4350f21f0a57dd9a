import type { TaskContext } from "@goasync/core";
import type { ContextPlan } from "./plan.ts";

/** The contexts that a task makes of those it is given. */
export class UsedContexts {
  readonly #plan: ContextPlan;
  readonly #used = new Map<TaskContext, TaskContext>();

  constructor(plan: ContextPlan) {
    this.#plan = plan;
  }

  /** The one that is used for a given one, which is always the same. */
  of(given: TaskContext): TaskContext {
    if (this.#plan === "its own") return given;
    const known = this.#used.get(given);
    if (known) return known;
    const used = this.#plan === "a fork"
      ? given.fork()
      : given.with({ signal: given.signal });
    this.#used.set(given, used);
    return used;
  }

  /** Whether each stops as the one it was made of. */
  get areAlike(): boolean {
    return [...this.#used].every(([given, used]) =>
      given.draining.aborted === used.draining.aborted &&
      given.signal.aborted === used.signal.aborted &&
      given.draining.reason === used.draining.reason &&
      given.signal.reason === used.signal.reason &&
      given.abandoned === used.abandoned
    );
  }
}
