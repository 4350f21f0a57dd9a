import { assertEquals } from "@std/assert";
import { markdownTable } from "npm:markdown-table@3.1.0";
import type { Results } from "../debian/results.ts";
import type { Parent } from "./parents.ts";

/** What ends a parent, and how it is told to by the program of ends.ts. */
interface Way {
  readonly name: string;
  readonly how: string;
  /** What it is sent, one after another. */
  readonly signals: readonly Deno.Signal[];
  /** On which runtimes it leaves its child, as nothing can be done. */
  readonly leaves?: (runtime: string) => boolean;
}

/** How many processes are left on each runtime, by a way. */
export interface Row {
  readonly way: string;
  readonly left: readonly number[];
}

const itself = (name: string, how: string): Way => ({ name, how, signals: [] });

const WAYS: readonly Way[] = [
  { name: "SIGTERM, with runMain", how: "main", signals: ["SIGTERM"] },
  {
    name: "Ctrl-C twice, with runMain",
    how: "main-long",
    signals: ["SIGINT", "SIGINT"],
  },
  itself("an error that nobody catches", "throws"),
  {
    ...itself("a rejection that nobody handles", "rejects"),
    leaves: (runtime) => runtime === "Bun",
  },
  itself("process.exit", "exits"),
  itself("the same, and a listener to it throws", "exits-throwing"),
  itself("Deno.exit", "exits-otherwise"),
  ...(["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR2"] as const).map((signal) => ({
    name: `${signal}, which nobody catches`,
    how: "plain",
    signals: [signal],
    leaves: (runtime: string) => runtime === "Deno",
  })),
  { name: "SIGKILL", how: "plain", signals: ["SIGKILL"], leaves: () => true },
  {
    name: "SIGKILL, and the child is started by setpriv --pdeathsig KILL",
    how: "pdeathsig",
    signals: ["SIGKILL"],
  },
];

/** For how long a second key press would be the first, and more. */
const BETWEEN = 500;

/** Has each parent end in every way, and counts who is left then. */
export async function tryWays(
  parents: readonly Parent[],
  results: Results,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (const way of WAYS) {
    const left: number[] = [];
    for (const parent of parents) {
      const { name } = parent;
      const leaves = way.leaves?.(name) ?? false;
      const what = leaves ? "leaves its child" : "leaves nobody";
      await results.check(
        `${name}: ended by ${way.name}, ${what}`,
        async () => {
          const count = await leftBy(way, parent, leaves ? 50 : 500);
          left.push(count);
          assertEquals(count > 0, leaves, `${count} are left`);
        },
      );
    }
    rows.push({ way: way.name, left });
  }
  return rows;
}

/** How many are left when a parent has ended, by the last of so many looks. */
async function leftBy(
  { how, signals }: Way,
  parent: Parent,
  looks: number,
): Promise<number> {
  const { program, marked } = parent.start("ends", how);
  try {
    await program.printed(/^up$/m);
    for (const [at, signal] of signals.entries()) {
      if (at > 0) await new Promise((resolve) => setTimeout(resolve, BETWEEN));
      program.kill(signal);
    }
    await program.ended;
    return await marked.left(looks);
  } finally {
    marked.kill();
  }
}

/** A table of who is left, whatever that is. */
export function shownWays(
  parents: readonly Parent[],
  rows: readonly Row[],
): string {
  return markdownTable([
    [
      "what ends the parent, and how many are left",
      ...parents.map(({ name }) => name),
    ],
    ...rows.map(({ way, left }) => [way, ...left.map(String)]),
  ]);
}
