// An order service: Fastify, pg, BullMQ, croner and ws, with health by Hono on a
// port of its own. It takes orders, has a queue work on them, sweeps old ones,
// and follows an upstream that comes and goes.
//
// Told to stop, it says that it is not ready, goes on for READY_DELAY, and loses
// neither an order nor a job. Needs Postgres and Redis.

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { graceful } from "@goasync/core/tasks/graceful";
import { Health } from "@goasync/core/tasks/health";
import { httpServer } from "@goasync/core/tasks/http-server";
import { resource } from "@goasync/core/tasks/resource";
import { schedule } from "@goasync/core/tasks/schedule";
import { supervise } from "@goasync/core/tasks/supervise";
import { createAdaptorServer } from "npm:@hono/node-server@2.1.9";
import { Queue, Worker } from "npm:bullmq@6.7.0";
import { Cron } from "npm:croner@11.0.1";
import { fastify } from "npm:fastify@5.12.8";
import { Hono } from "npm:hono@4.13.19";
import { Redis } from "npm:ioredis@6.0.0";
import pg from "npm:pg@8.23.1";
import WebSocket from "npm:ws@8.23.0";

const env = (name: string, fallback: string) => process.env[name] ?? fallback;
const host = "127.0.0.1";
const redisPort = Number(env("REDIS_PORT", "6379"));

const manager = new TaskManager({
  initializeTimeout: 15_000,
  drainTimeout: Number(env("DRAIN_TIMEOUT", "10000")),
  stopTimeout: 2_000,
  cleanupTimeout: 2_000,
  shutdownTimeout: 25_000,
});
const health = new Health(manager);
const admin = new Hono().all("*", ({ req }) => health.fetch(req.raw));
manager.addTask(
  "health",
  httpServer(
    createAdaptorServer(admin),
    { port: Number(env("HEALTH_PORT", "8081")), host },
    { closeOn: "cleanup" },
  ),
);

const database = resource(async ({ note }) => {
  const pool = new pg.Pool({
    connectionString: env("DATABASE_URL", "postgres://postgres@127.0.0.1/"),
    connectionTimeoutMillis: 2_000,
    query_timeout: 5_000,
  });
  pool.on("error", (error: Error) => note(`lost: ${error.message}`));
  await pool.query(
    "CREATE TABLE IF NOT EXISTS orders (id serial PRIMARY KEY, item text NOT NULL, state text NOT NULL DEFAULT 'new', at timestamptz DEFAULT now())",
  );
  return pool;
}, (pool) => pool.end());
manager.addTask("database", supervise(database));
health.check("database", () => database.value.query("SELECT 1"));

// One connection that gives up at once, and one that waits, as workers want it.
const redis = resource(({ note }) => {
  const connections = {
    now: new Redis(redisPort, host, { maxRetriesPerRequest: 1 }),
    later: new Redis(redisPort, host, { maxRetriesPerRequest: null }),
  };
  connections.now.on("error", ({ message }) => note(`lost: ${message}`));
  connections.later.on("error", () => {});
  return connections;
}, ({ now, later }) => {
  now.disconnect();
  later.disconnect();
});
manager.addTask("redis", redis);

const queue = resource(async ({ note }) => {
  const queue = new Queue<{ id: number }>("orders", {
    connection: redis.value.now,
    defaultJobOptions: { attempts: 20, backoff: { type: "fixed", delay: 500 } },
  });
  queue.on("error", ({ message }) => note(`connection: ${message}`));
  await queue.waitUntilReady();
  return queue;
}, (queue) => Promise.race([queue.close(), sleep(500)]));
manager.addTask("queue", queue);
health.check("queue", () => queue.value.getJobCounts("wait"));

let jobs = 0;
const consumer = resource(
  async ({ note }) => {
    const worker = new Worker<{ id: number }>("orders", async ({ data }) => {
      if (++jobs === Number(env("HANGS_AT", "-1"))) await new Promise(() => {});
      await sleep(Number(env("JOB_MS", "100")));
      const sql = "UPDATE orders SET state = 'done' WHERE id = $1";
      await database.value.query(sql, [data.id]);
    }, {
      connection: redis.value.later,
      concurrency: 20,
      lockDuration: Number(env("LOCK_MS", "30000")),
      stalledInterval: Number(env("LOCK_MS", "30000")),
      maxStalledCount: 10,
    });
    worker.on("error", ({ message }) => note(`connection: ${message}`));
    await worker.waitUntilReady();
    return worker;
  },
  // What hangs, or has no Redis any more, cannot be closed: it is hung up.
  (worker) => Promise.race([worker.disconnect(), sleep(500)]),
  { drain: (worker) => worker.close() },
);
manager.addTask("consumer", consumer);

const everySecond = new Cron("* * * * * *", { paused: true });
const sweep = () =>
  database.value.query(
    "DELETE FROM orders WHERE state = 'done' AND at < now() - interval '1 hour'",
  );
manager.addTask(
  "sweeper",
  graceful(schedule((after) => everySecond.nextRun(after), sweep)),
);

const upstream = supervise(({ signal, note }) =>
  new Promise((resolve) => {
    const socket = new WebSocket(env("UPSTREAM", "ws://127.0.0.1:58080"));
    signal.addEventListener("abort", () => socket.terminate());
    socket.on("error", ({ message }: Error) => note(message));
    socket.on("close", resolve);
  }), { restart: "always" });
manager.addTask("upstream", upstream);
health.check("upstream", upstream, { critical: false });

const app = fastify();
app.post<{ Body: { item: string } }>("/orders", async (request, reply) => {
  const { rows } = await database.value.query(
    "INSERT INTO orders (item) VALUES ($1) RETURNING id",
    [request.body.item],
  );
  await queue.value.add("order", { id: rows[0].id });
  return reply.code(201).send({ id: rows[0].id });
});
manager.addTask(
  "api",
  httpServer(app.server, { port: Number(env("PORT", "8080")), host }, {
    open: (listen) => app.listen(listen),
    close: () => app.close(),
    closeDelay: Number(env("READY_DELAY", "1000")),
  }),
);

await runMain(manager, { report: true });
