import type {
  ExecuteFunction,
  ExecuteTask,
  Task,
  TaskContext,
} from "../mod.ts";
import { abortError } from "../src/abort_errors.ts";
import { messageOf } from "../src/messages.ts";
import type { Backoff } from "./_backoff.ts";
import { Since } from "./_lease_clock.ts";
import { type Grant, Hold } from "./_lease_hold.ts";
import type { Lock } from "./_lease_lock.ts";
import type { LeaseRules } from "./_lease_options.ts";
import { Requests } from "./_lease_requests.ts";
import { Term } from "./_lease_term.ts";
import { Troubles } from "./_lease_troubles.ts";
import { Vacancy } from "./_lease_vacancy.ts";
import { createdBy } from "./_task_source.ts";
import { isTold, pause } from "./_told.ts";

/** Makes the task of a term. */
export type CreateTerm = (
  token: number,
) => Task | ExecuteTask | ExecuteFunction;

/** One run of a lease: it waits for the lock, has a term, and waits again. */
export class LeaseRun {
  readonly #lock: Lock;
  readonly #create: CreateTerm;
  readonly #rules: LeaseRules;
  readonly #requests: Requests;
  readonly #troubles: Troubles;
  #hold: Hold | undefined;
  #term: Term | undefined;
  /** The end of the term that goes on. */
  #termOver: Promise<unknown> = Promise.resolve();
  #hasYielded = false;

  constructor(
    lock: Lock,
    create: CreateTerm,
    rules: LeaseRules,
    backoff: Backoff,
  ) {
    this.#lock = lock;
    this.#create = create;
    this.#rules = rules;
    this.#requests = new Requests(lock, rules);
    this.#troubles = new Troubles(backoff, rules.giveUpAfter);
  }

  get token(): number | undefined {
    return this.#hold?.isHeld ? this.#hold.token : undefined;
  }

  /** Has terms until the task of one returns, or the lease is told to stop. */
  async execute(context: TaskContext): Promise<void> {
    while (!isTold(context)) {
      const grant = await this.#acquire(context);
      if (!grant) return;
      const term = this.#haveTerm(grant, context);
      this.#termOver = term.catch(() => {});
      if (await term) return;
      if (!this.#hasYielded) continue;
      this.#hasYielded = false;
      await pause(context, this.#rules.renewEvery); // Others go first.
    }
  }

  drain(): unknown {
    return this.#term?.drain();
  }

  async yield(reason: unknown): Promise<void> {
    if (!this.#term) return;
    this.#hasYielded = true;
    this.#term.yield(reason);
    await this.#termOver;
  }

  /** Asks for the lock until it has it, or is told. */
  async #acquire(context: TaskContext): Promise<Grant | undefined> {
    const vacancy = new Vacancy(this.#lock);
    const { abandoned } = context;
    const end = () => vacancy.end();
    abandoned.addEventListener("abort", end);
    try {
      while (!isTold(context)) {
        vacancy.listen();
        const answer = await this.#ask(context);
        if (typeof answer === "object") return answer;
        if (this.#troubles.areThere) await pause(context, answer);
        else await vacancy.next(context, answer);
      }
    } finally {
      abandoned.removeEventListener("abort", end);
      vacancy.end();
    }
  }

  /** Returns what it was given, or how long to wait before it asks again. */
  async #ask(context: TaskContext): Promise<Grant | number> {
    const since = new Since();
    try {
      const token = await this.#requests.acquire(context);
      this.#troubles.end(context);
      if (token === undefined) return this.#untilAskedAgain();
      const grant = { token, since };
      if (!isTold(context) && since.ms < this.#rules.lifetime) return grant;
      await this.#requests.release(token, context.abandoned);
      return this.#untilAskedAgain();
    } catch (error) {
      if (isTold(context)) return 0;
      const wait = this.#troubles.add(error, since, context);
      this.#troubles.check();
      return wait;
    }
  }

  /** Not all of those who wait ask at the same time. */
  #untilAskedAgain(): number {
    return this.#rules.renewEvery / 2 * (1 - Math.random() / 4);
  }

  /** Has a term; returns whether it was the last one. */
  async #haveTerm(grant: Grant, context: TaskContext): Promise<boolean> {
    const { token } = grant;
    const { limits } = this.#rules;
    const term = new Term(this.#taskOf(token), context, limits);
    const hold = new Hold(
      grant,
      this.#rules,
      this.#requests,
      this.#troubles,
      context,
      (why) => {
        context.note(`lost the lease: ${why}`, { token });
        term.lose(abortError(`The lease is lost: ${why}`));
      },
    );
    this.#term = term;
    this.#hold = hold;
    context.note("holds the lease", { token });
    hold.begin();
    try {
      return await term.live();
    } catch (error) {
      if (term.isLeftBehind) throw leftBehindError(token, error);
      if (!hold.isLost) throw error;
      context.note(`failed once the lease was lost: ${messageOf(error)}`);
      return false;
    } finally {
      this.#term = undefined;
      this.#hold = undefined;
      hold.end();
      // What was left behind may still write: others wait until it expires.
      if (!term.isLeftBehind) await hold.giveBack(context);
    }
  }

  #taskOf(token: number): Task {
    try {
      return createdBy("lease", () => this.#create(token));
    } catch (error) { // It has made something else.
      return { initialize: () => Promise.reject(error) };
    }
  }
}

function leftBehindError(token: number, cause: unknown): Error {
  return new Error(
    `Left the term with token ${token} behind: ${messageOf(cause)}`,
    { cause },
  );
}
