import {
  enclose,
  type FromWorker,
  messageIn,
  type ToWorker,
} from "./_worker_messages.ts";
import {
  MARK,
  type ParentPort,
  type Thread,
  type ThreadListener,
  type ThreadOptions,
} from "./_worker_thread.ts";

/** What is needed of a `Worker` of node:worker_threads. */
interface NodeWorker {
  postMessage(message: unknown, transfer?: readonly object[]): void;
  terminate(): Promise<unknown>;
  on(event: "message" | "error" | "messageerror", listener: Listener): void;
  on(event: "exit", listener: (code: number) => void): void;
}

type Listener = (value: unknown) => void;

/** The port of a worker to the thread that has started it. */
interface NodePort {
  postMessage(message: unknown): void;
  on(event: "message", listener: Listener): void;
}

/** What is needed of node:worker_threads, which Deno and Bun have, too. */
export interface WorkerThreads {
  readonly Worker: new (program: URL, options: { name: string }) => NodeWorker;
  readonly parentPort: NodePort | null;
}

interface Stream {
  readonly writable: boolean;
  write(text: string, whenWritten: () => void): unknown;
}

interface NodeProcess {
  getBuiltinModule?(name: "node:worker_threads"): WorkerThreads | undefined;
  readonly versions: Readonly<Record<string, string>>;
  readonly stdout: Stream;
  readonly stderr: Stream;
  on(event: string, listener: Listener): void;
  listenerCount(event: string): number;
}

function processHere(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process;
}

/** That of this runtime, if it has it. Bundlers see no import of it. */
export function workerThreads(): WorkerThreads | undefined {
  return processHere()?.getBuiltinModule?.("node:worker_threads");
}

/** Starts a worker of node:worker_threads. */
export function startNodeThread(
  { Worker }: WorkerThreads,
  { url, name }: ThreadOptions,
  listener: ThreadListener,
): Thread {
  const program = programOf(url);
  const worker = new Worker(program, { name });
  worker.on("message", (crossed) => {
    const message = messageIn<FromWorker>(crossed);
    if (message) listener.received(message);
  });
  let failure: { readonly error: unknown } | undefined;
  worker.on("error", (error) => {
    failure = { error: withoutProgram(error, program) };
  });
  worker.on("messageerror", (error) => listener.failed(error));
  // On Deno errors overtake messages, which tell more of the same.
  worker.on("exit", (code) => {
    if (failure) listener.failed(failure.error);
    else listener.ended(code);
  });
  return {
    post: (message, transfer) => worker.postMessage(enclose(message), transfer),
    async end() {
      await worker.terminate();
    },
  };
}

/**
 * The program of a worker: loads a module, and tells if that has exposed no
 * task. Deno 2.9 ends a thread that never yields only if it holds a lock. Node
 * would have a DOMException cross without its message.
 */
function programOf(url: string): URL {
  const unexposed = enclose({ type: "unexposed" });
  const program = `
if (globalThis.Deno && navigator.locks) {
await new Promise((locked) => navigator.locks.request(crypto.randomUUID(), () => {
locked();
return new Promise(() => {});
}));
}
await import(${JSON.stringify(url)}).catch((error) => {
throw error instanceof DOMException ? new Error(error) : error;
});
const { parentPort } = process.getBuiltinModule("node:worker_threads");
if (!(Symbol.for(${JSON.stringify(MARK.description)}) in parentPort)) {
parentPort.postMessage(${JSON.stringify(unexposed)});
}`;
  // As a module, so that hooks that load TypeScript see what it imports.
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}

/** The error of a worker, whose message may have its program as what imports. */
function withoutProgram(error: unknown, { href }: URL): unknown {
  if (error instanceof Error) {
    const message = error.message.replaceAll(href, "inWorker()");
    Reflect.set(error, "message", message); // Unless it is read-only.
  }
  return error;
}

/** The port of this worker, if this is one. */
export function nodePort(
  { parentPort }: WorkerThreads,
): ParentPort | undefined {
  const process = processHere();
  if (!parentPort || !process) return;
  return {
    post: (message) => parentPort.postMessage(enclose(message)),
    listen: (received) =>
      parentPort.on("message", (crossed) => {
        const message = messageIn<ToWorker>(crossed);
        if (message) received(message);
      }),
    watch: (uncaught) => watch(process, uncaught),
    async flush() {
      await Promise.all([written(process.stdout), written(process.stderr)]);
    },
    marked: parentPort,
  };
}

/** Hears what nobody catches, and leaves it to be the end of the thread. */
function watch(
  process: NodeProcess,
  uncaught: (thrown: unknown) => void,
): void {
  process.on("uncaughtExceptionMonitor", (thrown) => {
    if (process.listenerCount("uncaughtException") === 0) uncaught(thrown);
  });
  if (!("bun" in process.versions)) return;
  process.on("unhandledRejection", (thrown) => { // Which its monitor does not hear.
    if (process.listenerCount("unhandledRejection") === 1) uncaught(thrown);
  });
}

function written(stream: Stream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writable) stream.write("", () => resolve());
    else resolve();
  });
}
