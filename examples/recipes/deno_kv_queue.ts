// Deno KV's queue behind Deno.serve. Told to stop, it takes no new message,
// finishes those it has, and loses none: what came too late is delivered again
// when the program is started next. Run it with --unstable-kv.

import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { denoServer } from "@goasync/core/tasks/deno-server";
import { resource } from "@goasync/core/tasks/resource";

/** What is needed of Deno KV, whose types are not there by default. */
interface Kv {
  enqueue(value: unknown): Promise<unknown>;
  get(key: readonly unknown[]): Promise<{ value: unknown }>;
  set(key: readonly unknown[], value: unknown): Promise<unknown>;
  listenQueue(handler: (value: unknown) => Promise<void>): Promise<void>;
  close(): void;
}

const { openKv } = Deno as unknown as { openKv(path: string): Promise<Kv> };
const path = process.env.KV_PATH ?? "orders.kv";
const manager = new TaskManager({
  drainTimeout: 10_000,
  shutdownTimeout: 25_000,
});

const kv = resource(() => openKv(path), (kv) => kv.close());
manager.addTask("kv", kv);

async function handle(id: unknown): Promise<void> {
  await sleep(100);
  await kv.value.set(["done", String(id)], true);
}

const inFlight = new Set<Promise<void>>();
/** Aborts when all in flight is done: what came too late fails then. */
const finished = new AbortController();
manager.addTask("queue", {
  async execute({ draining, done }) {
    // A connection of its own: closing it is what ends the listening.
    const queue = await openKv(path);
    const listening = queue.listenQueue((id) => {
      // Not taken any more. It fails once, and is delivered again later.
      if (draining.aborted) return failAt(finished.signal);
      const job = handle(id);
      inFlight.add(job);
      return job.finally(() => inFlight.delete(job));
    });
    await done;
    queue.close();
    await listening;
  },
  async drain() {
    await Promise.allSettled(inFlight);
    finished.abort(new Error("The program is about to stop"));
    await sleep(100); // For the acknowledgements.
  },
});

function failAt(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason));
  });
}

let next = Date.now();
const api = denoServer({
  port: Number(process.env.PORT ?? "8080"),
  hostname: "127.0.0.1",
}, async ({ url }) => {
  const { pathname } = new URL(url);
  if (pathname !== "/orders") {
    const { value } = await kv.value.get(["done", pathname.slice(1)]);
    return Response.json({ done: value === true });
  }
  const id = next++;
  await kv.value.enqueue(id);
  return Response.json({ id }, { status: 201 });
});
manager.addTask("api", api);
manager.addExecuteTask("greeting", () => {
  console.log(`listening at ${api.address.url}`);
}, { type: "error" });

await runMain(manager);
