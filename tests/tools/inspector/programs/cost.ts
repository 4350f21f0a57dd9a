// Prints what an inspector costs: 1,000 tasks, of which some note something all
// the time, and execute tasks that come by the thousands; unlooked at, and with 50 lookers.
import process from "node:process";
import { TaskManager } from "@goasync/core";
import { inspector } from "@goasync/core/inspector";

const [TASKS, LOOKERS, JOBS, SECONDS] = [1_000, 50, 50_000, 4];

const manager = new TaskManager();
for (let task = 0; task < TASKS; task++) {
  manager.addTask(`task ${task}`, {
    async execute({ note, signal }) {
      while (!signal.aborted && task < 20) {
        note(`at ${Date.now()}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
  }, { type: "error" });
}
const run = manager.runSettled();
await new Promise((resolve) => setTimeout(resolve, 500));

/** Milliseconds that so many execute tasks take, the best of five. */
async function jobs(): Promise<number> {
  let best = Infinity;
  for (let time = 0; time < 5; time++) {
    const start = performance.now();
    for (let job = 0; job < JOBS; job += 100) {
      for (let each = 0; each < 100; each++) {
        manager.addExecuteTask("job", () => {}, { type: "error" });
      }
      await null;
    }
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** The share of a processor that is used for some seconds. */
async function used(): Promise<number> {
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1_000));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / SECONDS / 10;
}

await jobs();
const bare = { jobs: await jobs(), used: await used() };
const page = inspector(manager);
const unlooked = { jobs: await jobs(), used: await used() };
let bytes = 0;
let messages = 0;
for (let looker = 0; looker < LOOKERS; looker++) {
  const request = new Request("http://localhost/events", {
    headers: { authorization: `Bearer ${page.token}` },
  });
  const { body } = await page.fetch(request);
  void body?.pipeTo(
    new WritableStream({
      write({ length }) {
        bytes += length;
        messages++;
      },
    }),
  );
}
await new Promise((resolve) => setTimeout(resolve, 1_000));
[bytes, messages] = [0, 0];
const looked = { used: await used() };
const [sent, rate] = [bytes, messages / LOOKERS / SECONDS];
page[Symbol.dispose]();
await manager.stop();
await run;
console.log(
  JSON.stringify({ bare, unlooked, looked, sent, rate, SECONDS, LOOKERS }),
);
process.exit(0);
