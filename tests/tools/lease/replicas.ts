import { DatabaseSync } from "node:sqlite";
import { Program } from "../debian/program.ts";
import type { Service } from "../debian/servers.ts";
import { root } from "../node/package.ts";

export type Engine = "sqlite" | "deno-kv" | "postgres" | "redis";

/** What happens to the one that has the lock. */
export const TROUBLES = ["SIGTERM", "SIGKILL", "SIGSTOP", "restart"] as const;
export type Trouble = typeof TROUBLES[number];

const [TTL, RENEW_EVERY] = [1_500, 500];
/** What a slow machine adds. */
const SLACK = 300;

/** A term as it was printed; of a process that was killed or froze, an open one. */
interface Term {
  readonly token: number;
  readonly begin: number;
  end: number;
}

const REPLICA = `${root}/tests/tools/lease/programs/replica.ts`;

/** Three processes that share a lock. */
export class Replicas implements AsyncDisposable {
  readonly #engine: Engine;
  readonly #folder: string;
  readonly #server: Service | undefined;
  readonly #all: Program[] = [];
  /** When those ended or froze that could not say so. */
  readonly #silenced = new Map<number, number>();
  #living: Program[] = [];

  constructor(engine: Engine, folder: string, server: Service | undefined) {
    this.#engine = engine;
    this.#folder = folder;
    this.#server = server;
  }

  async start(): Promise<void> {
    for (let index = 0; index < 3; index++) await this.#add();
    await this.#nextTerm(0);
  }

  /** Causes trouble; returns for how long nobody had a term then. */
  async cause(trouble: Trouble): Promise<number> {
    const holder = await this.#holder();
    const { token } = this.#lastTerm();
    const start = Date.now();
    if (trouble === "restart") {
      await this.#server!.stop();
      await new Promise((resolve) => setTimeout(resolve, TTL));
      await this.#server!.start();
      const back = Date.now();
      return Math.max(0, (await this.#nextTerm(token)).begin - back);
    }
    holder.kill(trouble);
    if (trouble !== "SIGTERM") this.#silenced.set(token, start);
    if (trouble !== "SIGSTOP") {
      this.#living = this.#living.filter((each) => each !== holder);
    }
    const next = await this.#nextTerm(token);
    if (trouble === "SIGSTOP") {
      await new Promise((resolve) => setTimeout(resolve, 200));
      holder.kill("SIGCONT");
      await holder.printed(new RegExp(`end ${token} `));
      return next.begin - start;
    }
    await holder.ended;
    await this.#add();
    const end = this.#terms().find((term) => term.token === token)?.end;
    return next.begin - (trouble === "SIGTERM" ? end ?? start : start);
  }

  /** How long nobody may have a term after that. */
  limitOf(trouble: Trouble): number {
    // Deno KV is seen unchanged for the ttl and a tenth of it.
    const ttl = this.#engine === "deno-kv" ? TTL * 1.1 : TTL;
    if (trouble !== "SIGTERM") return ttl + RENEW_EVERY + SLACK;
    return this.#engine === "postgres" ? 200 : RENEW_EVERY;
  }

  async stop(): Promise<void> {
    for (const each of this.#living) each.kill("SIGTERM");
    await Promise.all(this.#living.map((each) => each.ended));
  }

  /** What the processes have printed, and what the table has accepted. */
  verdict(): {
    terms: number;
    overlaps: string[];
    unordered: unknown[];
    accepted: number;
  } {
    const terms = this.#terms();
    const overlaps = terms.slice(1).flatMap((term, index) => {
      const before = terms[index]!;
      const isClean = term.token > before.token && term.begin >= before.end;
      return isClean ? [] : [JSON.stringify([before, term])];
    });
    const table = new DatabaseSync(`${this.#folder}/writes.db`);
    const writes = table.prepare("SELECT token FROM writes ORDER BY id").all()
      .map(({ token }) => Number(token));
    table.close();
    const unordered = writes.filter((token, index) =>
      token < (writes[index - 1] ?? 0)
    );
    return {
      terms: terms.length,
      overlaps,
      unordered,
      accepted: writes.length,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const each of this.#all) each.kill("SIGKILL");
    await Promise.all(this.#all.map((each) => each.ended));
  }

  async #add(): Promise<void> {
    const program = new Program(
      Deno.execPath(),
      [
        ...["run", "-A", "--quiet", "--unstable-kv", "--no-check"],
        ...["--import-map=tests/std/import_map.json", "--lock=deno.lock"],
        ...["--frozen", REPLICA],
      ],
      {
        ENGINE: this.#engine,
        FOLDER: this.#folder,
        PORT: `${this.#server?.port ?? 0}`,
      },
      root,
      10 * 60_000,
    );
    this.#all.push(program);
    this.#living.push(program);
    await program.printed(/ready/);
  }

  /** All terms, by when they began. */
  #terms(): Term[] {
    const lines = this.#all.flatMap((
      { text },
    ) => [...text.matchAll(/^(begin|end) (\d+) (\d+) \d+$/gm)]);
    const terms = new Map<number, Term>();
    for (const [, what, token, at] of lines) {
      if (what !== "begin") continue;
      terms.set(Number(token), {
        token: Number(token),
        begin: Number(at),
        end: Infinity,
      });
    }
    for (const [, what, token, at] of lines) {
      const term = terms.get(Number(token));
      if (what === "end" && term) term.end = Number(at);
    }
    for (const [token, at] of this.#silenced) {
      const term = terms.get(token);
      if (term) term.end = at;
    }
    return [...terms.values()].sort((one, other) => one.begin - other.begin);
  }

  #lastTerm(): Term {
    return this.#terms().at(-1)!;
  }

  async #holder(): Promise<Program> {
    while (true) {
      const last = this.#lastTerm();
      if (last.end === Infinity) {
        const pattern = new RegExp(`^begin ${last.token} `, "m");
        const holder = this.#living.find(({ text }) => pattern.test(text));
        if (holder) return holder;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The next term after the one with that token. */
  async #nextTerm(token: number): Promise<Term> {
    for (let tries = 0; tries < 600; tries++) {
      const next = this.#terms().find((term) => term.token > token);
      if (next) return next;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const texts = this.#living.map(({ text }) => text.slice(-400)).join("\n");
    throw new Error(`No term follows that of token ${token}:\n${texts}`);
  }
}
