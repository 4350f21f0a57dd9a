/// <reference lib="deno.unstable" />
// A Deno service: Deno.serve takes orders into the queue of a Deno KV, which has
// a worker hash them, beside a child process. Worker and child are started anew
// when they die; the worker, too, when it does not answer. Told to stop, it loses
// no order, whatever the two do. Run it with --unstable-kv.

import { once } from "node:events";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { type ExecuteFunction, TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { childProcess } from "@goasync/core/tasks/child-process";
import { denoServer } from "@goasync/core/tasks/deno-server";
import { resource } from "@goasync/core/tasks/resource";
import { supervise } from "@goasync/core/tasks/supervise";
import { inWorker } from "@goasync/core/tasks/worker";

const path = process.env.KV_PATH ?? "kv.db";
const [command = "", ...args] = (process.env.CHILD ?? "sleep 3600").split(" ");
const manager = new TaskManager({
  drainTimeout: 5_000,
  stopTimeout: 3_000,
  cleanupTimeout: 3_000,
  shutdownTimeout: 15_000,
});
let handled = 0, enqueued = 0, again = 0;

const kv = resource(() => Deno.openKv(path), async (kv) => {
  const all = await Array.fromAsync(kv.list({ prefix: ["done"] }));
  console.log({ enqueued, handled, again, done: all.length });
  kv.close();
});
manager.addTask("kv", kv);

let hasher: MessagePort;
const url = new URL("hasher.ts", import.meta.url);
// ── glue: what fails a worker that does not answer
let onLate = (_error: unknown) => {};
// ── its own
manager.addTask(
  "hasher",
  supervise({
    create() {
      const { port1, port2: data } = new MessageChannel();
      hasher = port1;
      const worker = inWorker(url, { data, transfer: [data] });
      // ── glue: one that does not answer fails
      const late = new Promise((_, reject) => onLate = reject);
      const execute: ExecuteFunction = (context) =>
        Promise.race([worker.execute(context), late]);
      // ── its own
      return { ...worker, execute };
    },
  }, { cleanupTimeout: 500 }),
);

async function ask(text: string): Promise<string> {
  const { port1, port2: answer } = new MessageChannel();
  hasher.postMessage({ text, answer }, [answer]);
  // ── glue: waits for 2 s, and no more
  port1.start();
  const late = { signal: AbortSignal.timeout(2_000) };
  const answered = once(port1, "message", late);
  answered.catch(onLate).finally(() => port1.close());
  return (await answered)[0];
  // ── its own
}

async function handle({ id, text }: { id: number; text?: string }) {
  const hash = await ask(text ?? `order ${id}`);
  await sleep(100);
  if ((await kv.value.get(["done", id])).value) again++;
  await kv.value.set(["done", id], hash);
  handled++;
}

// ── glue: takes nothing new once it drains, and loses nothing
let jobs: Promise<unknown> = Promise.resolve();
manager.addTask("queue", {
  initialize: ({ draining }) =>
    void kv.value.listenQueue((order) => {
      if (draining.aborted) return new Promise(() => {}); // It comes again.
      const job = handle(order);
      jobs = Promise.allSettled([jobs, job]);
      return job;
    }),
  drain: () => jobs.then(() => sleep(50)),
});
// ── its own

const child = supervise({
  create: () =>
    childProcess(command, {
      args,
      stopOn: "draining",
      grace: 1_000,
      onLine: console.log,
    }),
});
manager.addTask("child", child);

const api = denoServer({
  port: Number(process.env.PORT ?? "8090"),
  hostname: "127.0.0.1",
}, async ({ url }) => {
  const { pathname, searchParams } = new URL(url);
  if (pathname === "/readyz") {
    const status = manager.state === "executing" ? 200 : 503;
    return new Response(manager.state, { status });
  }
  if (pathname === "/ask") {
    return new Response(
      await ask(searchParams.get("text") ?? "").catch(String),
    );
  }
  const id = Date.now() * 1_000 + Math.floor(Math.random() * 1_000);
  await kv.value.enqueue({ id });
  enqueued++;
  return Response.json({ id }, { status: 201 });
});
manager.addTask("api", api);
manager.addExecuteTask("greeting", () => {
  console.log(`listening at ${api.address.url}`);
}, { type: "error" });

await runMain(manager, { report: true });
