import { TaskManager } from "@goasync/core";
import { runMain } from "@goasync/core/main";
import { childProcess } from "@goasync/core/tasks/child-process";
import process from "node:process";

const later = (act: () => void) => () => void setTimeout(act, 10);
const broken = () => {
  throw new Error("broken in the parent");
};

/** What ends the parent, once its child runs, if it does so itself. */
const acts: Readonly<Record<string, () => void>> = {
  "throws": later(broken),
  "rejects": later(() => void Promise.reject(new Error("broken"))),
  "exits": later(() => process.exit(5)),
  "exits-throwing": later(() => {
    process.on("exit", broken);
    process.exit(5);
  }),
  // Deno's own exit, where there is one.
  "exits-otherwise": later(() => {
    const { Deno } = globalThis as { Deno?: { exit(code: number): void } };
    Deno ? Deno.exit(5) : process.exit(5);
  }),
};

/** Runs a deaf child that has a deaf child, until something ends it all. */
export async function ends(how: string): Promise<void> {
  // Whoever a shell starts is as deaf as it is.
  const loop = "while :; do sleep 1; done";
  const deaf = `trap '' TERM INT HUP QUIT; (${loop}) & echo up; ${loop}`;
  const shell = ["sh", "-c", deaf];
  const [command = "", ...args] = how === "pdeathsig"
    ? ["setpriv", "--pdeathsig", "KILL", "sh", "-c", "echo up; exec sleep 60"]
    : shell;
  const manager = new TaskManager();
  const child = childProcess(command, {
    args,
    ready: /^up$/,
    grace: how === "main" ? 300 : 60_000,
    onLine: () => {},
  });
  manager.addTask("child", child);
  manager.addExecuteTask("up", () => {
    console.log("up");
    acts[how]?.();
  }, { type: "error" });
  if (how.startsWith("main")) await runMain(manager);
  else await manager.run();
}
