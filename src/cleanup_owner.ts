import { type ContextOwner, ReroutedOwner } from "./context_owner.ts";
import { TaskStop } from "./task_stop.ts";

/** What the context of a cleanup asks: its task, which stops anew. */
export class CleanupOwner extends ReroutedOwner {
  #ownStop: TaskStop | undefined;

  constructor(task: ContextOwner) {
    super(task);
  }

  override get stop(): TaskStop {
    return this.#ownStop ??= new TaskStop();
  }

  override get abandoned(): AbortSignal {
    return this.stop.abandoned;
  }
}
