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

const deaf = "trap '' TERM; while :; do sleep 1; done";
const MEGABYTE = "seq 1 150000";
const SUM_OF_MEGABYTE = 150_000 * 150_001 / 2;

const kinds: Readonly<Record<string, Kind>> = {
  "obeys": { script: "echo up; exec sleep 60", sum: 0 },
  "is deaf": { script: `trap '' TERM; echo up; ${deaf}`, sum: 0 },
  "has a child of its own": { script: "sleep 60 & echo up; wait", sum: 0 },
  "has a deaf child": { script: `(${deaf}) & echo up; exec sleep 60`, sum: 0 },
  "leaves a deaf child, which holds its output": {
    script: `(${deaf}) & echo up; echo 7`,
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
    script:
      `trap '${MEGABYTE}; exit 0' TERM; echo up; while :; do sleep 1; done`,
    sum: SUM_OF_MEGABYTE,
    grace: 60_000,
  },
};

/** Starts and stops so many children, and prints what is not as it should be. */
export async function crowd(count: number): Promise<void> {
  const names = Object.keys(kinds);
  const sums = new Array<number>(count).fill(0);
  const manager = new TaskManager();
  for (let at = 0; at < count; at++) {
    const name = names[at % names.length]!;
    const child = childProcess("sh", {
      args: ["-c", `exec 2>/dev/null; ${kinds[name]!.script}`],
      ready: /^up$/,
      grace: 1_000,
      onLine: (line) => {
        if (/^\d+$/.test(line)) sums[at]! += Number(line);
      },
    });
    manager.addTask(name, child, { type: "error" });
  }
  manager.addExecuteTask("stop", () => void manager.stop());
  for (const error of await manager.runSettled()) console.log(error);
  sums.forEach((sum, at) => {
    const name = names[at % names.length]!;
    const expected = kinds[name]!.sum;
    if (sum !== expected) console.log(`${name}: ${sum}, not ${expected}`);
  });
  console.log(`${count} children were stopped`);
}
