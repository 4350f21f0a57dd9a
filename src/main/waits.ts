import type {
  LeftBehindEvent,
  ManagerEvent,
  StageEndEvent,
  StageStartEvent,
  StateEvent,
} from "../events.ts";
import type { Limits } from "../limits.ts";
import { escapeControls } from "../messages.ts";
import { showDuration } from "../report/duration.ts";
import type { ManagerState, Stage } from "../states.ts";
import { listed } from "./listed.ts";

/** A stage that was called and has not ended. */
interface Wait {
  readonly path: readonly string[];
  /** The path as a text, and that of its manager. */
  readonly name: string;
  readonly parent: string;
  readonly stage: Stage;
  readonly limits: Limits;
  /** Since when it has to end, in milliseconds since the epoch. */
  since: number;
  /** Which of the limits holds since then. */
  limit: keyof Limits | undefined;
}

/** A task that was left behind. */
interface LeftBehind {
  readonly path: readonly string[];
  readonly name: string;
  readonly text: string;
}

const FIRST_LIMIT: Readonly<Record<Stage, keyof Limits | undefined>> = {
  initialize: "initializeTimeout",
  execute: undefined,
  drain: "drainTimeout",
  cleanup: "cleanupTimeout",
};

/** Which stages of which tasks last, those of managers within included. */
export class Waits {
  readonly #open = new Map<string, Wait[]>();
  readonly #leftBehind: LeftBehind[] = [];
  #state: ManagerState = "idle";
  #shutdownTimeout = Infinity;

  /** Takes in what has happened. */
  hear(event: ManagerEvent): void {
    if (event.type === "stage-start") this.#start(event);
    else if (event.type === "stage-end") this.#end(event);
    else if (event.type === "state") this.#enter(event);
    else if (event.type === "left-behind") this.#leave(event);
  }

  /** Who was left behind, and in which stage. */
  get leftBehind(): string[] {
    return innermost(this.#leftBehind).map(({ text }) => text);
  }

  /** How long the whole stop may take, in milliseconds. */
  get shutdownTimeout(): number {
    return this.#shutdownTimeout;
  }

  /** Who is waited for now: in which stage, for how long, and of which limit. */
  get text(): string {
    return listed(this.#now().map(textOf));
  }

  /** Without those that wait for nothing but tasks within them. */
  #now(): Wait[] {
    const isDraining = this.#state === "draining";
    const open = this.#all().filter(({ stage }) =>
      !isDraining || stage === "drain"
    );
    return innermost(open);
  }

  #all(): Wait[] {
    return [...this.#open.values()].flat();
  }

  #start({ path, stage, limits, at: since }: StageStartEvent): void {
    if (path.length === 1) {
      this.#shutdownTimeout = limits.shutdownTimeout ?? Infinity;
    }
    const name = nameOf(path);
    const parent = nameOf(path.slice(0, -1));
    const limit = FIRST_LIMIT[stage];
    const key = keyOf(name, stage);
    const waits = this.#open.get(key) ?? [];
    waits.push({ path, name, parent, stage, limits, since, limit });
    this.#open.set(key, waits);
  }

  /** Of several with one name, the one that has begun first. */
  #end({ path, stage }: StageEndEvent): void {
    const key = keyOf(nameOf(path), stage);
    const waits = this.#open.get(key);
    waits?.shift();
    if (waits?.length === 0) this.#open.delete(key);
  }

  /** Nothing goes on of a cleanup that was not begun. */
  #leave({ path, stage }: LeftBehindEvent): void {
    const name = nameOf(path);
    if (this.#open.has(keyOf(name, stage))) {
      this.#leftBehind.push({
        path,
        name,
        text: `${name} (left behind in ${stage})`,
      });
    }
  }

  /** From the abort of its signal on, a task has its `stopTimeout`. */
  #enter({ path, state, at }: StateEvent): void {
    if (path.length === 0) this.#state = state;
    if (state !== "stopping") return;
    const parent = nameOf(path);
    for (const wait of this.#all()) {
      if (wait.parent !== parent) continue;
      if (wait.stage !== "execute" && wait.stage !== "drain") continue;
      wait.since = at;
      wait.limit = "stopTimeout";
    }
  }
}

function nameOf(path: readonly string[]): string {
  return escapeControls(path.join("/"));
}

/** Those of which none has another one within. */
function innermost<Placed extends Pick<Wait, "path" | "name">>(
  placed: readonly Placed[],
): Placed[] {
  const around = new Set(
    placed.flatMap(({ path }) =>
      path.map((_name, index) => nameOf(path.slice(0, index)))
    ),
  );
  return placed.filter(({ name }) => !around.has(name));
}

function keyOf(name: string, stage: Stage): string {
  return `${stage} ${name}`;
}

function textOf(wait: Wait): string {
  const time = showDuration(Date.now() - wait.since);
  return `${wait.name} (${wait.stage} for ${time}${limitText(wait)})`;
}

function limitText({ limits, limit }: Wait): string {
  const { shutdownTimeout = Infinity } = limits;
  const ms = limit && limits[limit];
  if (ms !== undefined) {
    return ms < Infinity ? ` of ${limit} ${showDuration(ms)}` : "";
  }
  if (limit !== "drainTimeout" || shutdownTimeout === Infinity) return "";
  return ` of half the shutdownTimeout ${showDuration(shutdownTimeout)}`;
}
