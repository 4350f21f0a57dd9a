import type { TaskContext } from "../task_context.ts";
import type { Span } from "./api.ts";

/** A stage that is not over, and its span. */
export interface OpenStage {
  readonly span: Span;
  readonly context: TaskContext;
  isOver: boolean;
}

/**
 * The stages of one name that are not over. An event does not tell which of them
 * it is of: each says here that it has settled, before its end is heard.
 */
export class OpenStages {
  #stages: OpenStage[] = [];
  /** How many of those are over. */
  #over = 0;
  /** Those that have settled, and whose end was not heard before `#next`. */
  #settled: OpenStage[] = [];
  #next = 0;

  add(stage: OpenStage): void {
    this.#stages.push(stage);
  }

  /** It has settled, unless it was left behind before. */
  settled(stage: OpenStage): void {
    if (!stage.isOver) this.#settled.push(stage);
  }

  get isEmpty(): boolean {
    return this.#stages.length === this.#over;
  }

  /** The one that began last. */
  get last(): OpenStage | undefined {
    return this.#stages.findLast(isOpen);
  }

  /** One of them has ended: the first that has settled, or was left behind. */
  take(): OpenStage | undefined {
    const stage = this.#takeSettled() ?? this.#stages.find(isLeftBehind);
    if (!stage) return; // It is none of these that has ended.
    stage.isOver = true;
    this.#over++;
    // Together, as it takes long where there are thousands.
    if (this.#over * 2 > this.#stages.length) {
      this.#stages = this.#stages.filter(isOpen);
      this.#over = 0;
    }
    return stage;
  }

  #takeSettled(): OpenStage | undefined {
    const stage = this.#settled[this.#next];
    if (!stage) return;
    if (++this.#next === this.#settled.length) {
      this.#settled = [];
      this.#next = 0;
    }
    return stage;
  }
}

function isOpen({ isOver }: OpenStage): boolean {
  return !isOver;
}

function isLeftBehind({ isOver, context }: OpenStage): boolean {
  return !isOver && context.abandoned.aborted;
}
