// The order service without a manager, stopped as STOP says: by hand, with
// close-with-grace, or with terminus. What it is asked for, and its work, are
// those of examples/recipes/service.ts.

import { createServer } from "node:http";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import terminus from "npm:@godaddy/terminus@4.12.1";
import { Queue, Worker } from "npm:bullmq@6.7.0";
import closeWithGrace from "npm:close-with-grace@2.5.0";
import { fastify } from "npm:fastify@5.12.8";
import { Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";

const env = (name: string) => process.env[name] ?? "";
const host = "127.0.0.1";
const redis = () =>
  new Redis(Number(env("REDIS_PORT")), host, { maxRetriesPerRequest: null });
let isReady = true;

const pool = new pg.Pool({ connectionString: env("DATABASE_URL") });
await pool.query(
  "CREATE TABLE IF NOT EXISTS orders (id serial PRIMARY KEY, item text NOT NULL, state text NOT NULL DEFAULT 'new', at timestamptz DEFAULT now())",
);
const queue = new Queue<{ id: number }>("orders", { connection: redis() });
let jobs = 0;
const worker = new Worker<{ id: number }>("orders", async ({ data }) => {
  if (++jobs === Number(env("HANGS_AT") || -1)) await new Promise(() => {});
  await sleep(Number(env("JOB_MS") || 100));
  const sql = "UPDATE orders SET state = 'done' WHERE id = $1";
  await pool.query(sql, [data.id]);
}, { connection: redis(), concurrency: 20 });

const app = fastify();
app.post<{ Body: { item: string } }>("/orders", async (request, reply) => {
  const { rows } = await pool.query(
    "INSERT INTO orders (item) VALUES ($1) RETURNING id",
    [request.body.item],
  );
  await queue.add("order", { id: rows[0].id });
  return reply.code(201).send({ id: rows[0].id });
});

const probes = createServer((_request, response) => {
  response.writeHead(isReady ? 200 : 503).end();
}).listen(Number(env("HEALTH_PORT")), host);

async function closeOthers(): Promise<void> {
  await worker.close();
  await queue.close();
  await pool.end();
  probes.close();
  probes.closeAllConnections();
}

async function close(): Promise<void> {
  isReady = false;
  await app.close();
  await closeOthers();
}

if (env("STOP") === "by hand") {
  process.once("SIGTERM", () => void close().then(() => process.exit()));
} else if (env("STOP") === "close-with-grace") {
  closeWithGrace({ delay: 10_000 }, close);
} else {
  await app.ready();
  terminus.createTerminus(app.server, {
    signals: ["SIGTERM"],
    timeout: 10_000,
    beforeShutdown: async () => {
      isReady = false;
      await sleep(1_000);
    },
    onSignal: closeOthers,
  });
}
await app.listen({ port: Number(env("PORT")), host });
console.log("listening at its port");
