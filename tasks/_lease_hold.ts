import type { TaskContext } from "../mod.ts";
import { messageOf } from "../src/messages.ts";
import { onAbort } from "../src/on_abort.ts";
import { oncePassed, Since } from "./_lease_clock.ts";
import type { LeaseRules } from "./_lease_options.ts";
import type { Requests } from "./_lease_requests.ts";
import type { Troubles } from "./_lease_troubles.ts";
import { pause } from "./_told.ts";

/** What a replica was given when it got the lock. */
export interface Grant {
  readonly token: number;
  /** From before the lock was asked for it. */
  readonly since: Since;
}

/** The lock in the hand of a replica, which renews it until it is ended or lost. */
export class Hold {
  readonly token: number;
  readonly #rules: LeaseRules;
  readonly #requests: Requests;
  readonly #troubles: Troubles;
  readonly #over = new AbortController();
  /** That of the task, told once this is over. */
  readonly #context: TaskContext;
  readonly #onLost: (why: string) => void;
  /** From before the last renewal was asked for. */
  #since: Since;
  #isLost = false;
  #isDenied = false;
  #unwatch = () => {};
  #unlisten: () => void;

  constructor(
    { token, since }: Grant,
    rules: LeaseRules,
    requests: Requests,
    troubles: Troubles,
    context: TaskContext,
    onLost: (why: string) => void,
  ) {
    this.token = token;
    this.#since = since;
    this.#rules = rules;
    this.#requests = requests;
    this.#troubles = troubles;
    this.#onLost = onLost;
    const { signal } = this.#over;
    this.#context = context.with({ signal, draining: signal });
    this.#unlisten = onAbort(context.abandoned, () => this.end());
  }

  /** Whether nobody else can have it, as far as the clocks of this machine say. */
  get isHeld(): boolean {
    return !this.#isLost && this.#since.ms < this.#rules.lifetime;
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** Begins to renew it. */
  begin(): void {
    this.#watch();
    void this.#renew();
  }

  /** Renews it no more. */
  end(): void {
    this.#unlisten();
    this.#unwatch();
    this.#over.abort();
  }

  /** Gives it back, so that the next replica need not wait until it expires. */
  async giveBack({ note, abandoned }: TaskContext): Promise<void> {
    if (this.#isDenied) return;
    try {
      await this.#requests.release(this.token, abandoned);
      note("gave the lease back", { token: this.token });
    } catch (error) {
      note(`cannot give the lease back: ${messageOf(error)}`);
    }
  }

  async #renew(): Promise<void> {
    const { renewEvery } = this.#rules;
    let wait = renewEvery - this.#since.ms;
    while (true) {
      await pause(this.#context, Math.max(0, wait));
      if (this.#over.signal.aborted) return;
      const since = new Since();
      try {
        const isOurs = await this.#requests.renew(
          this.token,
          this.#over.signal,
        );
        this.#troubles.end(this.#context);
        if (!isOurs) return this.#deny();
        this.#since = since;
        this.#watch();
        wait = renewEvery - since.ms;
      } catch (error) {
        if (this.#over.signal.aborted) return;
        wait = this.#troubles.add(error, since, this.#context);
      }
    }
  }

  #watch(): void {
    const { lifetime } = this.#rules;
    this.#unwatch();
    this.#unwatch = oncePassed(this.#since, lifetime, () => {
      this.#lose(`not renewed for ${Math.round(lifetime)} ms`);
    });
  }

  #deny(): void {
    this.#isDenied = true;
    this.#lose("the lock says that it is not ours any more");
  }

  #lose(why: string): void {
    if (this.#over.signal.aborted) return;
    this.#isLost = true;
    this.end();
    this.#onLost(why);
  }
}
