import { DatabaseSync } from "node:sqlite";

/** Where orders are kept. */
export interface Orders extends AsyncDisposable {
  /** Stores an order, and returns its number. */
  add(item: string): Promise<number>;
  /** The numbers of orders to work on. */
  open(): Promise<number[]>;
  /** Marks an order as done. */
  finish(order: number): Promise<void>;
  /** How many were stored, and how many of them are done. */
  count(): Promise<{ stored: number; done: number }>;
}

const TABLE =
  "CREATE TABLE IF NOT EXISTS demo_orders (id INTEGER PRIMARY KEY GENERATED ALWAYS AS IDENTITY, item TEXT, done INTEGER DEFAULT 0)";
const COUNT =
  "SELECT count(*) AS stored, coalesce(sum(done), 0) AS done FROM demo_orders";
const OPEN = "SELECT id FROM demo_orders WHERE done = 0 ORDER BY id LIMIT 20";

/** Orders in a file of SQLite. */
export function sqliteOrders(file: string): Orders {
  const database = new DatabaseSync(file);
  database.exec(TABLE.replace("GENERATED ALWAYS AS IDENTITY", ""));
  const insert = database.prepare("INSERT INTO demo_orders (item) VALUES (?)");
  const update = database.prepare(
    "UPDATE demo_orders SET done = 1 WHERE id = ?",
  );
  return {
    add: (item) => Promise.resolve(Number(insert.run(item).lastInsertRowid)),
    open: () =>
      Promise.resolve(
        database.prepare(OPEN).all().map(({ id }) => Number(id)),
      ),
    finish: (order) => Promise.resolve(void update.run(order)),
    count: () => {
      const { stored, done } = database.prepare(COUNT).get()!;
      return Promise.resolve({ stored: Number(stored), done: Number(done) });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(database.close()),
  };
}

/** Orders in Postgres, which begin anew. */
export async function postgresOrders(url: string): Promise<Orders> {
  const { default: pg } = await import("npm:pg@8.23.1");
  const pool = new pg.Pool({ connectionString: url });
  pool.on("error", () => {}); // The next query makes a new connection.
  await pool.query("DROP TABLE IF EXISTS demo_orders");
  await pool.query(TABLE);
  return {
    add: async (item) => {
      const sql = "INSERT INTO demo_orders (item) VALUES ($1) RETURNING id";
      const { rows } = await pool.query(sql, [item]);
      return rows[0].id;
    },
    open: async () => {
      const { rows } = await pool.query(OPEN);
      return rows.map(({ id }: { id: number }) => id);
    },
    finish: async (order) => {
      await pool.query("UPDATE demo_orders SET done = 1 WHERE id = $1", [
        order,
      ]);
    },
    count: async () => {
      const { rows: [{ stored, done }] } = await pool.query(COUNT);
      return { stored: Number(stored), done: Number(done) };
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
