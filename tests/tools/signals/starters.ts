import { VERSIONS } from "../clients/tools.ts";
import type { Workshop } from "./workshop.ts";

/** A way to start the program. */
export interface Starter {
  readonly name: string;
  /** What one types. */
  readonly line: string;
  /** What it does at Ctrl-C that no program can help. */
  readonly habit?: Habit;
}

/**
 * - `leaves`: it ends at once, and the program goes on in the background, where
 *   no Ctrl-C arrives.
 * - `hurries`: it ends the program half a second after the first Ctrl-C; if it
 *   has missed that, it stays when the program is over.
 */
export type Habit = "leaves" | "hurries";

const NODE = "node program.mjs";

/** All ways that this machine has, each a line of the table. */
export function startersOf(workshop: Workshop): Starter[] {
  return [
    ...runtimes(workshop),
    ...runners(workshop),
    ...watchers(workshop),
    ...wrappers(),
    ...namespaces(workshop),
  ];
}

function runtimes({ newestNode, versions }: Workshop): Starter[] {
  return [
    { name: `node ${versions.node}`, line: NODE },
    { name: `node ${versions.newestNode}`, line: `${newestNode} program.mjs` },
    { name: `deno ${versions.deno}`, line: "deno run -A program.mjs" },
    { name: `bun ${VERSIONS.bun}`, line: "bun program.mjs" },
  ];
}

function runners({ versions: { deno, npm } }: Workshop): Starter[] {
  return [
    { name: "deno task", line: "deno task start" },
    { name: "deno task in npx", line: `npx --yes deno@${deno} task start` },
    { name: `npm run ${npm}`, line: "npm run start" },
    { name: `npx ${npm}`, line: `npx --call '${NODE}'` },
    { name: `pnpm ${VERSIONS.pnpm}`, line: "pnpm start" },
    { name: `yarn ${VERSIONS.yarn}`, line: "yarn start", habit: "leaves" },
  ];
}

function watchers({ newestNode, versions }: Workshop): Starter[] {
  return [
    {
      name: `node --watch ${versions.node}`,
      line: "node --watch program.mjs",
    },
    {
      name: `node --watch ${versions.newestNode}`,
      line: `${newestNode} --watch program.mjs`,
    },
    {
      name: "deno --watch",
      line: "deno run -A --watch program.mjs",
      habit: "hurries",
    },
    { name: "bun --watch", line: "bun --watch program.mjs" },
    { name: `nodemon ${VERSIONS.nodemon}`, line: "nodemon program.mjs" },
  ];
}

function wrappers(): Starter[] {
  return [
    { name: `tsx ${VERSIONS.tsx}`, line: "tsx program.mjs" },
    {
      name: `concurrently ${VERSIONS.concurrently}`,
      line: `concurrently '${NODE}'`,
    },
    {
      name: `cross-env ${VERSIONS["cross-env"]}`,
      line: `cross-env LEVEL=debug ${NODE}`,
    },
    { name: `dotenv-cli ${VERSIONS["dotenv-cli"]}`, line: `dotenv -- ${NODE}` },
    { name: "timeout", line: `timeout 300 ${NODE}` },
  ];
}

function namespaces({ namespace }: Workshop): Starter[] {
  if (namespace === undefined) return [];
  return ["node", "deno run -A", "bun"].map((runtime) => ({
    name: `PID 1: ${runtime.split(" ")[0]}`,
    line: `${namespace} ${runtime} program.mjs`,
  }));
}
