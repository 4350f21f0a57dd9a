import { onAbort } from "./on_abort.ts";
import { type Deferred, deferred } from "./promises.ts";

/**
 * Something that stops with what it follows: first it is told, then aborted.
 * Each call does its own part and returns who follows it in turn, so that a
 * whole tree stops in one loop, however deep it is.
 */
export interface Follower {
  /** Is told to stop. Where `drains` is false, it is aborted in the same turn. */
  tell(reason: unknown, drains: boolean): Iterable<Follower>;
  /** Begins what comes when everyone was told. */
  allTold?(): void;
  /** Has to stop now. */
  abort(reason: unknown): Iterable<Follower>;
}

/** Who can be told to stop now, and only that. */
export type Abortable = Pick<Follower, "abort">;

/** How a task hears that it has to stop, and what else stops with it. */
export interface Stoppable {
  readonly draining: AbortSignal;
  readonly signal: AbortSignal;
  readonly done: Promise<void>;
  readonly isTold: boolean;
  readonly isAborted: boolean;
  /** Why it was told, once it was. */
  readonly reason: unknown;
  /** Stops somebody else with it, at once if it was told before. */
  follow(follower: Follower): () => void;
}

/** Tells followers in order, then theirs, and so on, before it returns. */
export function tellAll(
  followers: Iterable<Follower>,
  reason: unknown,
  drains: boolean,
): void {
  const told = [...followers];
  for (const each of told) {
    for (const next of each.tell(reason, drains)) told.push(next);
  }
  // The innermost first, so that those above know whether they still drain.
  for (const each of told.reverse()) each.allTold?.();
}

/** Aborts followers in order, then theirs, and so on, before it returns. */
export function abortAll(
  followers: Iterable<Abortable>,
  reason: unknown,
): void {
  const aborted: Abortable[] = [...followers];
  for (const each of aborted) {
    for (const next of each.abort(reason)) aborted.push(next);
  }
}

const NOBODY: readonly Follower[] = [];

/** The stop that a signal belongs to: who runs with it follows without listening. */
const stopOfSignal = new WeakMap<AbortSignal, Stop>();
/** The same for the signals called `draining`. */
const stopOfDraining = new WeakMap<AbortSignal, Stop>();

/**
 * A node in the tree of those who stop together. Its signals are made when they
 * are first read.
 */
export class Stop implements Stoppable, Follower {
  isTold = false;
  isAborted = false;
  reason: unknown;
  #draining: AbortController | undefined;
  #signal: AbortController | undefined;
  #done: Deferred | undefined;
  #followers: Set<Follower> | undefined;

  get draining(): AbortSignal {
    if (!this.#draining) {
      this.#draining = new AbortController();
      stopOfDraining.set(this.#draining.signal, this);
      if (this.isTold) this.#draining.abort(this.reason);
    }
    return this.#draining.signal;
  }

  get signal(): AbortSignal {
    if (!this.#signal) {
      this.#signal = new AbortController();
      stopOfSignal.set(this.#signal.signal, this);
      if (this.isAborted) this.#signal.abort(this.reason);
    }
    return this.#signal.signal;
  }

  get done(): Promise<void> {
    if (!this.#done) {
      this.#done = deferred();
      if (this.isAborted) this.#done.resolve();
    }
    return this.#done.promise;
  }

  tell(reason: unknown): Iterable<Follower> {
    if (this.isTold) return NOBODY;
    this.isTold = true;
    this.reason = reason;
    this.#draining?.abort(reason);
    return this.#followers ?? NOBODY;
  }

  /** Aborts, with the reason that it was told before, if it was. */
  abort(reason: unknown): Iterable<Follower> {
    if (this.isAborted) return NOBODY;
    this.tell(reason);
    // Who follows and was not told yet hears the same reason.
    for (const each of this.#followers ?? NOBODY) each.tell(this.reason, false);
    this.isAborted = true;
    this.#signal?.abort(this.reason);
    this.#done?.resolve();
    return this.#followers ?? NOBODY;
  }

  follow(follower: Follower): () => void {
    const followers = this.#followers ??= new Set();
    followers.add(follower);
    if (this.isTold) tellAll([follower], this.reason, !this.isAborted);
    if (this.isAborted) abortAll([follower], this.reason);
    return () => followers.delete(follower);
  }
}

/** What a context is given in place of signals of its own. */
export interface GivenSignals {
  readonly signal?: AbortSignal | undefined;
  readonly draining?: AbortSignal | undefined;
}

/** The stop of a context that was given signals: they win over what it is from. */
export class GivenStop implements Stoppable {
  readonly #given: GivenSignals;
  readonly #from: Stoppable;
  #done: Promise<void> | undefined;

  constructor(given: GivenSignals, from: Stoppable = new Stop()) {
    this.#given = given;
    this.#from = from;
  }

  get draining(): AbortSignal {
    return this.#given.draining ?? this.#from.draining;
  }

  get signal(): AbortSignal {
    return this.#given.signal ?? this.#from.signal;
  }

  get done(): Promise<void> {
    const { signal } = this.#given;
    if (!signal) return this.#from.done;
    return this.#done ??= new Promise((resolve) => {
      onAbort(signal, () => resolve());
    });
  }

  get isTold(): boolean {
    const { draining } = this.#given;
    const isTold = draining ? draining.aborted : this.#from.isTold;
    return isTold || this.isAborted;
  }

  get isAborted(): boolean {
    const { signal } = this.#given;
    return signal ? signal.aborted : this.#from.isAborted;
  }

  get reason(): unknown {
    return this.draining.aborted ? this.draining.reason : this.signal.reason;
  }

  follow(follower: Follower): () => void {
    const { draining, signal } = this.#given;
    // One signal for both leaves no time between them.
    if (signal && signal === draining) return followSignal(signal, follower);
    const told = onlyTold(follower);
    const unfollows = [
      draining ? followDraining(draining, told) : this.#from.follow(told),
      signal
        ? followSignal(signal, follower)
        : this.#from.follow(onlyAborted(follower)),
    ];
    return () => unfollows.forEach((unfollow) => unfollow());
  }
}

/** A follower that is told and never aborted. */
function onlyTold(follower: Follower): Follower {
  return {
    tell: (reason, drains) => follower.tell(reason, drains),
    allTold: () => follower.allTold?.(),
    abort: () => NOBODY,
  };
}

/** A follower that is aborted and never told before. */
function onlyAborted(follower: Abortable): Follower {
  return {
    tell: () => NOBODY,
    abort: (reason) => follower.abort(reason),
  };
}

/** Tells a follower with a signal, in the loop of the stop it belongs to. */
function followDraining(draining: AbortSignal, tell: Follower): () => void {
  const stop = stopOfDraining.get(draining);
  return stop
    ? stop.follow(tell)
    : onAbort(draining, () => tellAll([tell], draining.reason, true));
}

/** Aborts a follower with a signal, in the loop of the stop it belongs to. */
export function followSignal(
  signal: AbortSignal,
  follower: Abortable,
): () => void {
  const stop = stopOfSignal.get(signal);
  return stop
    ? stop.follow(onlyAborted(follower))
    : onAbort(signal, () => abortAll([follower], signal.reason));
}
