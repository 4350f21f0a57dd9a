import { DatabaseSync } from "node:sqlite";
import { delay } from "@std/async";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";
import { MOMENT } from "../common/moment.ts";

/** Keeps orders in a SQLite file, which is open from initialize to cleanup. */
export class Database implements Task {
  readonly #file: string;
  #orders: DatabaseSync | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** Stores an order and returns its number. */
  store(item: string): number {
    if (!this.#orders) throw new Error("The database is not open");
    const insert = this.#orders.prepare("INSERT INTO orders (item) VALUES (?)");
    return Number(insert.run(item).lastInsertRowid);
  }

  async initialize({ name, signal }: TaskContext): Promise<void> {
    this.#orders = openOrders(this.#file);
    await delay(MOMENT, { signal });
    getLogger(name).info("is open");
  }

  async cleanup({ name }: TaskContext): Promise<void> {
    await delay(MOMENT);
    this.#orders?.close();
    this.#orders = undefined;
    getLogger(name).info(
      `is closed with ${countOrders(this.#file)} orders`,
    );
  }
}

/** How many orders are stored in a file. */
export function countOrders(file: string): number {
  const orders = openOrders(file);
  const row = orders.prepare("SELECT count(*) AS count FROM orders").get();
  orders.close();
  return Number(row?.count);
}

function openOrders(file: string): DatabaseSync {
  const orders = new DatabaseSync(file);
  orders.exec(
    "CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, item TEXT)",
  );
  return orders;
}
