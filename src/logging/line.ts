import type {
  ManagerEvent,
  NoteEvent,
  StageEndEvent,
  StateEvent,
  ToldEvent,
} from "../events.ts";
import { fieldOf, messageOf } from "../messages.ts";
import { tellsOfFailure, tellsOfRestart } from "../note_kinds.ts";
import { showDuration } from "../report/duration.ts";
import type { Stage } from "../states.ts";
import { errorsWithin, failuresIn, type TaskError } from "../task_error.ts";
import { VERBS } from "../waited_for.ts";
import type { LogData, LogLevel } from "./logger.ts";

/** A line of a log. */
export interface Line {
  readonly level: LogLevel;
  readonly text: string;
  readonly data: LogData;
}

const ENDED: Readonly<Record<Stage, string>> = {
  "initialize": "has initialized",
  "execute": "has executed",
  "drain": "has drained",
  "cleanup": "has cleaned up",
};

/** Makes a line of each event. */
export class Lines {
  /** The errors that there was a line for. */
  readonly #logged = new WeakSet<Error>();
  /** Those that make the run fail: a manager within may have been restarted. */
  #failures = 0;
  /** When the manager began, by a clock that is never set. */
  #startedAt: number | undefined;
  #reason: unknown;

  /** The line of an event. */
  of(event: ManagerEvent): Line {
    switch (event.type) {
      case "state":
        return this.#ofState(event);
      case "told":
        return this.#ofTold(event);
      case "stage-start":
        return line("debug", event, `${nameOf(event)} ${VERBS[event.stage]}`);
      case "stage-end":
        return this.#ofStageEnd(event);
      case "drain-cut-short":
        return line("warn", event, `${nameOf(event)} has not drained in time`);
      case "left-behind":
        return this.#ofError(event, event.error, "is left behind in");
      case "note":
        return ofNote(event);
    }
  }

  #ofState(event: StateEvent): Line {
    const { path, state } = event;
    const text = `${prefixOf(event)}${state}`;
    const isWithin = path.length > 0;
    if (isWithin) return line("debug", event, text, { state });
    const now = performance.now();
    if (state === "initializing") this.#startedAt = now;
    const ms = this.#startedAt === undefined
      ? null
      : rounded(now - this.#startedAt);
    const time = inTime("after", ms);
    if (state === "executing") {
      return line("info", event, text + time, { state, ms });
    }
    if (state !== "finished") return line("debug", event, text, { state });
    const failures = this.#failures;
    const data = { state, ms };
    if (failures === 0) return line("info", event, text + time, data);
    const failed = `with ${failures} ${
      failures === 1 ? "failure" : "failures"
    }`;
    return line("warn", event, `${text}${time} ${failed}`, {
      ...data,
      failures,
    });
  }

  #ofTold(event: ToldEvent): Line {
    const { by, taskName, reason } = event;
    // Who is within is told with those above.
    const isFollowing = by === "signal" && event.path.length > 0 &&
      Object.is(reason, this.#reason);
    this.#reason = reason;
    const cause = causeOf(event);
    return line(
      isFollowing ? "debug" : "info",
      event,
      `${prefixOf(event)}told to stop${cause}`,
      { by, ...taskName !== null && { taskName }, reason: messageOf(reason) },
    );
  }

  #ofStageEnd(event: StageEndEvent): Line {
    const { stage, outcome, duration, error } = event;
    if (error) return this.#ofError(event, error, "failed in");
    const text = outcome === "never-started"
      ? `${nameOf(event)} is not executed`
      : `${nameOf(event)} ${ENDED[stage]}${inTime("in", duration)}`;
    const ms = duration === null ? {} : { ms: rounded(duration) };
    return line("debug", event, text, { outcome, ...ms });
  }

  /** Each error has one line that is an error. */
  #ofError(
    event: ManagerEvent & { readonly stage: Stage },
    error: TaskError,
    happened: string,
  ): Line {
    const isNew = !this.#logged.has(error);
    const isLogged = !isNew || this.#wereLogged(error.cause);
    this.#logged.add(error);
    const isOfRun = event.path.length === 1;
    if (isNew && isOfRun) this.#failures += failuresIn(error);
    const { code, cause, stage } = error;
    const text = code === "UNEXPECTED_STOP"
      ? "has returned before it was told to stop"
      : `${happened} ${stage}: ${messageOf(cause)}`;
    return line(
      isLogged ? "debug" : "error",
      event,
      `${nameOf(event)} ${text}`,
      { code, error },
    );
  }

  /** Whether it is what failed in a manager within that was heard, too. */
  #wereLogged(cause: unknown): boolean {
    const errors = errorsWithin(cause) ?? [Object(cause)];
    return errors.every((error) => this.#logged.has(error));
  }
}

function ofNote(event: NoteEvent): Line {
  const { message, details } = event;
  const warns = tellsOfRestart(message) || tellsOfFailure(message);
  return line(
    warns ? "warn" : "info",
    event,
    `${nameOf(event)}: ${message}`,
    details ? { details } : {},
  );
}

function causeOf({ by, taskName, reason }: ToldEvent): string {
  const osSignal = osSignalOf(reason);
  if (osSignal) return ` by ${osSignal}`;
  if (by === "task") return `, as ${taskName} failed`;
  return by === "cancel"
    ? ` alone: ${messageOf(reason)}`
    : `: ${messageOf(reason)}`;
}

/** The name of the OS signal that is the cause of a reason. */
function osSignalOf(reason: unknown): string | undefined {
  const cause = fieldOf(reason, "cause");
  const isName = typeof cause === "string" && cause.startsWith("SIG");
  return isName ? cause : undefined;
}

/** To microseconds, which no clock is better than. */
function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

function inTime(preposition: "after" | "in", ms: number | null): string {
  return ms === null ? "" : ` ${preposition} ${showDuration(ms)}`;
}

/** The name of a task, with those of the managers that it is in. */
function nameOf({ path }: ManagerEvent): string {
  return path.join("/");
}

/** Of what it is told that may be the manager itself. */
function prefixOf({ path }: ManagerEvent): string {
  return path.length > 0 ? `${path.join("/")}: ` : "";
}

function line(
  level: LogLevel,
  event: ManagerEvent,
  text: string,
  more: LogData = {},
): Line {
  const { type, path } = event;
  const data = {
    event: type,
    ...path.length > 0 && { task: path.join("/") },
    ..."stage" in event && { stage: event.stage },
    ...more,
  };
  return { level, text, data };
}
