import { TaskManager } from "@goasync/core";
import { childProcess } from "@goasync/core/tasks/child-process";

/** How a child behaves, and what it must have printed in the end. */
interface Kind {
  readonly script: string;
  /** The sum of all lines that are numbers. */
  readonly sum: number;
  /** Whether it ends by itself, for which it is waited before the stop. */
  readonly ends?: boolean;
  /** How long it has to stop, in milliseconds. */
  readonly grace?: number;
}

const loop = "while :; do sleep 1; done";
/** Starts a deaf child: deaf from the start, as its parent is until then. */
const deafChild = `trap '' TERM; (${loop}) & trap - TERM`;
const MEGABYTE = "seq 1 150000";
const SUM_OF_MEGABYTE = 150_000 * 150_001 / 2;

const kinds: Readonly<Record<string, Kind>> = {
  "obeys": { script: "echo up; exec sleep 60", sum: 0 },
  "is deaf": { script: `trap '' TERM; echo up; ${loop}`, sum: 0 },
  "has a child of its own": { script: "sleep 60 & echo up; wait", sum: 0 },
  "has a deaf child": {
    script: `${deafChild}; echo up; exec sleep 60`,
    sum: 0,
  },
  "leaves a deaf child, which holds its output": {
    script: `${deafChild}; echo up; echo 7`,
    sum: 7,
    ends: true,
  },
  "leaves one that has left its group, and holds its output": {
    script:
      "trap 'echo up; echo 7; exit 0' USR1; setsid sh -c \"kill -USR1 $$; exec sleep 3\" & wait",
    sum: 7,
    ends: true,
  },
  "prints a megabyte, and ends": {
    script: `echo up; exec ${MEGABYTE}`,
    sum: SUM_OF_MEGABYTE,
    ends: true,
  },
  "prints a megabyte when it is asked to stop": {
    script: `trap '${MEGABYTE}; exit 0' TERM; echo up; ${loop}`,
    sum: SUM_OF_MEGABYTE,
    grace: 60_000,
  },
};

const entries = Object.entries(kinds);

/** Starts and stops so many children, and prints what is not as it should be. */
export async function crowd(count: number): Promise<void> {
  const sums = new Map<string, number>();
  const manager = new TaskManager();
  const ended: Promise<unknown>[] = [];
  for (let number = 1; number <= count; number++) {
    const [kind, { script, ends, grace = 1_000 }] =
      entries[number % entries.length]!;
    const name = `${number} ${kind}`;
    sums.set(name, 0);
    const child = childProcess("sh", {
      args: ["-c", `exec 2>/dev/null; ${script}`],
      ready: /^up$/,
      grace,
      onLine: (line) => {
        if (/^\d+$/.test(line)) sums.set(name, sums.get(name)! + Number(line));
      },
    });
    const { finished } = manager.addTask(name, child, { type: "error" });
    if (ends) ended.push(finished);
  }
  manager.addExecuteTask("stop", async () => {
    await Promise.all(ended);
    void manager.stop();
  });
  for (const error of await manager.runSettled()) console.log(error);
  let number = 0;
  for (const [name, sum] of sums) {
    const [, kind] = entries[++number % entries.length]!;
    if (sum !== kind.sum) console.log(`${name}: ${sum}, not ${kind.sum}`);
  }
  console.log(`${count} children were stopped`);
}
