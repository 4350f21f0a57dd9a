/// <reference lib="deno.unstable" />
// The parts of a Deno service that have to be opened, and opened again: its
// child process ends, and its worker dies.
import { TaskManager } from "@goasync/core";
import { resource, supervise } from "@goasync/core/tasks";

const print = (line: string): void => console.log(line);
const manager = new TaskManager({ stopTimeout: 5_000, cleanupTimeout: 3_000 });

// ── the service ──
const kv = resource(() => Deno.openKv(":memory:"));

const worker = resource(
  () => new Worker(new URL("hasher.mjs", import.meta.url), { type: "module" }),
  (worker) => worker.terminate(),
);
const hasher = supervise({
  initialize: worker.initialize,
  execute: ({ done }) => Promise.race([done, death(worker.value)]),
  cleanup: worker.cleanup,
}, { backoff: { min: 1 } });

const child = supervise(async ({ signal }) => {
  const args = ["eval", "setInterval(() => {}, 1_000); console.log('ready')"];
  const options = { args, stdout: "piped", signal } as const;
  const process = new Deno.Command(Deno.execPath(), options).spawn();
  await use(process);
  if (!signal.aborted) throw new Error("The child has ended");
}, { backoff: { min: 1 } });

manager.addTask("kv", kv);
manager.addTask("hasher", hasher);
manager.addTask("child", child);
// ── the end of the service ──

let children = 0;
async function use(process: Deno.ChildProcess): Promise<void> {
  const output = process.stdout.pipeThrough(new TextDecoderStream());
  for await (const _ready of output) {
    print(`child ${++children} runs`);
    if (children === 1) process.kill("SIGKILL");
  }
  await process.status;
}

function death(worker: Worker): Promise<never> {
  return new Promise((_, reject) => {
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
  });
}

/** Asks the worker for a hash; one of "boom" kills it. */
function ask(text: string): Promise<string> {
  return new Promise((resolve) => {
    worker.value.onmessage = ({ data }) => resolve(data.hash);
    worker.value.postMessage({ id: 1, text });
  });
}

manager.addExecuteTask("client", async () => {
  void ask("boom");
  while (hasher.restarts === 0) await turn();
  while (!hasher.isUp) await turn();
  const hash = await ask("tea");
  await kv.value.set(["tea"], hash);
  print(`hash ${(await kv.value.get(["tea"])).value}`);
  while (children < 2) await turn();
  void manager.stop();
});

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

await manager.run();
print(`restarts: hasher ${hasher.restarts}, child ${child.restarts}`);
