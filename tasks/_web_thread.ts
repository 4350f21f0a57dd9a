import {
  enclose,
  type FromWorker,
  messageIn,
  type ToWorker,
} from "./_worker_messages.ts";
import type {
  ParentPort,
  Thread,
  ThreadListener,
  ThreadOptions,
} from "./_worker_thread.ts";

/** What is needed of a `Worker`. */
interface WebWorker {
  postMessage(message: unknown, transfer: readonly object[]): void;
  terminate(): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
}

/** The class of the workers of this runtime, if it has them. */
export type WebWorkerClass = new (
  url: string,
  options: { type: "module"; name: string },
) => WebWorker;

/** The global scope of a worker. */
interface WorkerScope {
  postMessage(message: unknown): void;
  close(): void;
  addEventListener(type: string, listener: (event: Event) => void): void;
}

/** That of this runtime, if it has it. */
export function webWorkerClass(): WebWorkerClass | undefined {
  return (globalThis as { Worker?: WebWorkerClass }).Worker;
}

/** Starts a worker as browsers have it. */
export function startWebThread(
  Worker: WebWorkerClass,
  { url, name }: ThreadOptions,
  listener: ThreadListener,
): Thread {
  const worker = new Worker(url, { type: "module", name });
  worker.addEventListener("message", (event) => {
    const message = messageIn<FromWorker>(dataOf(event));
    if (message) listener.received(message);
  });
  worker.addEventListener("messageerror", (event) => {
    listener.failed(new Error(`It was sent a ${event.type}`));
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    listener.failed(errorIn(event));
  });
  return {
    post: (message, transfer = []) =>
      worker.postMessage(enclose(message), transfer),
    end() {
      worker.terminate();
      return Promise.resolve();
    },
  };
}

/** The port of this worker, if this is a dedicated one. */
export function webPort(): ParentPort | undefined {
  const scope = globalThis as Partial<WorkerScope> & {
    DedicatedWorkerGlobalScope?: new () => WorkerScope;
  };
  const Scope = scope.DedicatedWorkerGlobalScope;
  if (!Scope || !(scope instanceof Scope)) return;
  tellBeforeClose(scope);
  return {
    post: (message) => scope.postMessage(enclose(message)),
    listen: (received) =>
      scope.addEventListener("message", (event) => {
        const message = messageIn<ToWorker>(dataOf(event));
        if (message) received(message);
      }),
    watch(uncaught) {
      for (const type of ["error", "unhandledrejection"]) {
        scope.addEventListener(type, (event) => {
          if (event.defaultPrevented) return; // It is somebody's own affair.
          event.preventDefault();
          uncaught(errorIn(event));
        });
      }
    },
    flush: () => Promise.resolve(),
    marked: scope,
  };
}

/** Nobody hears by itself that a worker of a browser has closed itself. */
function tellBeforeClose(scope: WorkerScope): void {
  const close = scope.close;
  scope.close = () => {
    scope.postMessage(enclose({ type: "closed" }));
    close.call(scope);
  };
}

function dataOf(event: Event): unknown {
  return Object(event).data;
}

/** What an event tells that somebody has thrown. */
function errorIn(event: Event): unknown {
  const { reason, error, message, filename, lineno } = Object(event);
  if ("reason" in event) return reason;
  if (error) return error;
  const place = filename ? ` at ${filename}:${lineno}` : "";
  return new Error(`${message || "it cannot be fetched or run"}${place}`);
}
