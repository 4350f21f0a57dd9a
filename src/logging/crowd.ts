import type {
  ExecuteTaskTally,
  ManagerEvent,
  SubscribeOptions,
} from "../events.ts";
import { TaskPaths } from "../task_paths.ts";
import type { Line } from "./line.ts";

/** How many lines of a kind there are at most in one interval. */
const MAX_LINES = 10;

/** What there is to say of an execute task. */
type Kind = "stage" | "failure" | "other";

/**
 * Tells whether an execute task has a line of its own: where more come than that
 * in an interval, they are counted, and there is one line on all.
 */
export class Crowd {
  /** How to listen: here is what counts, while they are too many. */
  readonly options: SubscribeOptions = {};
  readonly #interval: number;
  readonly #write: (line: Line) => void;
  readonly #tasks = new TaskPaths();
  #since = 0;
  #lines: Record<Kind, number> = { stage: 0, failure: 0, other: 0 };
  #failed = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(interval: number, write: (line: Line) => void) {
    this.#interval = interval;
    this.#write = write;
  }

  /** Whether an event is one of too many, and is left out. */
  leavesOut(event: ManagerEvent): boolean {
    this.#tasks.hear(event);
    const kind = this.#kindOf(event);
    if (!kind) return false;
    const ms = event.at - this.#since;
    // Below 0, the clock was put back.
    if (ms >= this.#interval || ms < 0) {
      this.#since = event.at;
      this.#lines = { stage: 0, failure: 0, other: 0 };
    }
    if (++this.#lines[kind] <= MAX_LINES) return false;
    this.#timer ??= setInterval(() => this.#look(), this.#interval);
    if (kind === "stage") this.#tally(event);
    if (isFailure(event)) this.#failed++;
    return true;
  }

  /** Sums up what was left out, and does not count any more. */
  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#sumUp(undefined);
  }

  #kindOf(event: ManagerEvent): Kind | undefined {
    const { type } = event;
    if (type === "state" || type === "note") return;
    if (type === "told" && event.by !== "cancel") return;
    if (this.#tasks.isOfTask(event)) return;
    if ("error" in event && event.error) return "failure";
    return "isExecuteTask" in event ? "stage" : "other";
  }

  /** The first that is left out; from now on they are counted, but for drains. */
  #tally(event: ManagerEvent): void {
    if (this.options.tally) return;
    const isExecute = "stage" in event && event.stage === "execute";
    const started = isExecute && event.type === "stage-start" ? 1 : 0;
    const ended = isExecute && event.type === "stage-end" ? 1 : 0;
    this.options.tally = { started, ended };
  }

  get #counted(): ExecuteTaskTally {
    return this.options.tally ?? { started: 0, ended: 0 };
  }

  /** An interval is over: sums up, and stops to count when few have come. */
  #look(): void {
    const { started, ended } = this.#counted;
    if (started + ended <= MAX_LINES) return this.end();
    this.#sumUp({ started: 0, ended: 0 });
  }

  /** Goes on with another tally, or with none: the logger may end it as it writes. */
  #sumUp(tally: ExecuteTaskTally | undefined): void {
    const { started, ended } = this.#counted;
    const failed = this.#failed;
    this.options.tally = tally;
    this.#failed = 0;
    if (started + ended + failed === 0) return;
    const text =
      `${started} more execute tasks have started, ${ended} ended well`;
    this.#write({
      level: failed > 0 ? "error" : "info",
      text: failed > 0 ? `${text}, ${failed} failed` : text,
      data: { event: "execute-tasks", started, ended, failed },
    });
  }
}

/** Who is left behind has failed then, and not once more at its end. */
function isFailure(event: ManagerEvent): boolean {
  return event.type === "left-behind" ||
    event.type === "stage-end" && event.error !== null &&
      event.error.code !== "TIMEOUT";
}
