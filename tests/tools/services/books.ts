import { Queue } from "npm:bullmq@6.7.0";
import { Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";
import type { Workplace } from "./workplace.ts";

/** What the database and the queue know of orders. */
export class Books implements AsyncDisposable {
  readonly #pool: pg.Pool;
  readonly #redis: Redis;
  readonly #queue: Queue<{ id: number }>;

  constructor({ databaseUrl, redis }: Workplace) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl });
    this.#redis = new Redis(redis.port, "127.0.0.1");
    this.#queue = new Queue("orders", { connection: this.#redis });
  }

  /** Forgets every order. */
  async clear(): Promise<void> {
    await this.#pool.query("DROP TABLE IF EXISTS orders");
    await this.#redis.flushall();
  }

  /** The orders among these that are not done. */
  async undone(ids: readonly number[]): Promise<number[]> {
    const { rows } = await this.#pool.query(
      "SELECT id FROM unnest($1::int[]) AS id EXCEPT SELECT id FROM orders WHERE state = 'done'",
      [ids],
    );
    return rows.map(({ id }: { id: number }) => id);
  }

  /** The orders that the queue will hand out, or hand out again. */
  async queued(): Promise<Set<number>> {
    const states = ["wait", "active", "delayed"] as const;
    const jobs = await this.#queue.getJobs([...states]);
    return new Set(jobs.map(({ data }) => data.id));
  }

  /** How many jobs are in which state. */
  counts(): Promise<Record<string, number>> {
    return this.#queue.getJobCounts();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue.close();
    this.#redis.disconnect();
    await this.#pool.end();
  }
}
