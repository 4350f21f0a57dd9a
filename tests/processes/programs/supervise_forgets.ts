// Says what a supervised task still holds of 1,000 generations, given
// --expose-gc.
import { TaskManager } from "@goasync/core";
import { supervise } from "@goasync/core/tasks/supervise";
import { setImmediate } from "node:timers";

const LAST = 1_001;
const held: { number: number; what: string; ref: WeakRef<object> }[] = [];
let made = 0;

function create() {
  const number = ++made;
  const watch = (what: string, value: object) =>
    held.push({ number, what, ref: new WeakRef(value) });
  const task = {
    initialize(context: { signal: AbortSignal; abandoned: AbortSignal }) {
      watch("context", context);
      watch("signal", context.signal);
      watch("abandoned", context.abandoned);
    },
    execute({ done }: { done: Promise<void> }) {
      if (number === LAST) return up(), done;
      const error = new Error("no connection");
      watch("error", error);
      throw error;
    },
    cleanup: (context: object) => watch("context of cleanup", context),
  };
  watch("task", task);
  return task;
}

async function print(when: string): Promise<void> {
  // A WeakRef keeps its value until the turn in which it was made is over.
  await new Promise<void>((resolve) => setImmediate(resolve));
  (globalThis as unknown as { gc: () => void }).gc();
  const alive = held.filter(({ ref }) => ref.deref());
  const whats = alive.filter(({ number }) => number === LAST)
    .map(({ what }) => what).sort();
  const others = alive.length - whats.length;
  console.log(`${when}: ${whats.join(", ") || "nothing"}; of others ${others}`);
}

let up = () => {};
const isUp = new Promise<void>((resolve) => up = resolve);
const manager = new TaskManager();
manager.addTask("it", supervise({ create }, { backoff: false }));
const run = manager.run();
await isUp;
await print("while the last executes");
await manager.stop();
await run;
await print("when the run is over");
console.log(manager.state, made);
