import type { Service } from "../debian/servers.ts";
import type { Cut } from "./proxy.ts";
import { Replica } from "./replica.ts";
import { overlapsIn, type Term, termsOf } from "./terms.ts";
import { RENEW_EVERY, TTL } from "./times.ts";
import { overlapsOf, Writes } from "./writes.ts";

/** What happens to the one that has the lock, or to the server. */
export type Trouble = "SIGTERM" | "SIGKILL" | "SIGSTOP" | "restart" | Cut;

/** What came of all of it. */
export interface Verdict {
  readonly terms: number;
  /** Terms, and accepted writes of terms, that come between each other. */
  readonly overlaps: string[];
  readonly accepted: number;
  readonly refused: number;
}

/** Three processes that share a lock. */
export class Replicas implements AsyncDisposable {
  readonly #client: string;
  readonly #folder: string;
  readonly #server: Service | undefined;
  readonly #hears: boolean;
  readonly #all: Replica[] = [];
  /** When the terms ended, by token, whose replica was killed or frozen. */
  readonly #silenced = new Map<number, number>();

  constructor(
    client: string,
    folder: string,
    server: Service | undefined,
    hears: boolean,
  ) {
    this.#hears = hears;
    this.#client = client;
    this.#folder = folder;
    this.#server = server;
  }

  async start(): Promise<void> {
    for (let index = 0; index < 3; index++) await this.#add();
    await this.#nextTerm(0);
  }

  /**
   * Causes trouble; returns for how long nobody had a term then, and Infinity if
   * nobody had until who was frozen went on.
   */
  async cause(trouble: Trouble): Promise<number> {
    const [holder, { token }] = await this.#holder();
    const start = Date.now();
    switch (trouble) {
      case "restart":
        return await this.#restart(token);
      case "reset":
      case "silent": {
        holder.proxy!.cut(trouble);
        const next = await this.#nextTerm(token);
        holder.proxy!.mend();
        return next.begin - start;
      }
      case "SIGSTOP": {
        holder.program.kill(trouble);
        this.#silenced.set(token, start);
        const next = await this.#nextTerm(token, 2 * (TTL + RENEW_EVERY))
          .catch(() => ({ begin: Infinity }));
        await pause(200);
        holder.program.kill("SIGCONT");
        await holder.program.printed(new RegExp(`^end ${token} `, "m"));
        return next.begin - start;
      }
    }
    holder.program.kill(trouble);
    if (trouble === "SIGKILL") this.#silenced.set(token, start);
    const next = await this.#nextTerm(token);
    await holder.program.ended;
    await this.#add();
    const ended = this.#terms().find((term) => term.token === token)!;
    return next.begin - ended.end;
  }

  async stop(): Promise<void> {
    for (const { program } of this.#all) program.kill("SIGTERM");
    await Promise.all(this.#all.map(({ program }) => program.ended));
  }

  verdict(): Verdict {
    const terms = this.#terms();
    using table = new Writes(this.#folder);
    const writes = table.byTerm();
    const sum = (key: "accepted" | "refused") =>
      writes.reduce((total, term) => total + term[key], 0);
    return {
      terms: terms.length,
      overlaps: [...overlapsIn(terms), ...overlapsOf(writes)],
      accepted: sum("accepted"),
      refused: sum("refused"),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all.map((each) => each[Symbol.asyncDispose]()));
  }

  /** Returns how long it took from when the server was there again. */
  async #restart(token: number): Promise<number> {
    await this.#server!.stop();
    await pause(TTL);
    await this.#server!.start();
    const back = Date.now();
    const next = await this.#nextTerm(token);
    return Math.max(0, next.begin - back);
  }

  async #add(): Promise<void> {
    const port = this.#server?.port;
    this.#all.push(
      await Replica.start(this.#client, this.#folder, port, this.#hears),
    );
  }

  #terms(): Term[] {
    const texts = this.#all.map(({ program }) => program.text);
    return termsOf(texts, this.#silenced);
  }

  /** Who has the lock, and since when. */
  async #holder(): Promise<[Replica, Term]> {
    while (true) {
      const last = this.#terms().at(-1)!;
      const pattern = new RegExp(`^begin ${last.token} `, "m");
      const holder = this.#all.find(({ program }) =>
        pattern.test(program.text)
      );
      if (holder && last.end === Infinity) return [holder, last];
      await pause(20);
    }
  }

  /** The next term after the one with that token. */
  async #nextTerm(token: number, patience = 12_000): Promise<Term> {
    for (const start = Date.now(); Date.now() - start < patience;) {
      const next = this.#terms().find((term) => term.token > token);
      if (next) return next;
      await pause(20);
    }
    const texts = this.#all.map(({ program }) => program.text.slice(-400));
    throw new Error(
      `No term follows that of token ${token}:\n${texts.join("\n")}`,
    );
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
