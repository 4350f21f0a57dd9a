import { startNodeThread, workerThreads } from "./_node_thread.ts";
import { startWebThread, webWorkerClass } from "./_web_thread.ts";
import type {
  Thread,
  ThreadListener,
  ThreadOptions,
} from "./_worker_thread.ts";

/** Starts a worker, as this runtime has them. Throws if it cannot. */
export function startThread(
  options: ThreadOptions,
  listener: ThreadListener,
): Thread {
  const threads = workerThreads();
  if (threads) return startNodeThread(threads, options, listener);
  const Worker = webWorkerClass();
  if (Worker) return startWebThread(Worker, options, listener);
  throw new Error(
    `Cannot start the worker ${options.url} as this runtime has none: Deno 2, Node 20.16, Bun and browsers have`,
  );
}
