import type { Stage, Task } from "@goasync/core";

/** A task that has every stage, and logs when each is called. */
export function logging(log: string[]): Task {
  const note = (stage: Stage, name: string) => log.push(`${name} ${stage}`);
  return {
    initialize: ({ name }) => note("initialize", name),
    execute: ({ name, done }) => (note("execute", name), done),
    drain: ({ name }) => note("drain", name),
    cleanup: ({ name }) => note("cleanup", name),
  };
}
