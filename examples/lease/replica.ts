import { type ChildProcess, spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";
import type { Timeline } from "./timeline.ts";

const PROGRAM = fileURLToPath(new URL("program.ts", import.meta.url));

/** A process with a lease, and what it says in a timeline. */
export class Replica implements Task {
  readonly name: string;
  readonly #folder: string;
  readonly #timeline: Timeline;
  readonly #begun = new Map<number, () => void>();
  #process: ChildProcess | undefined;

  constructor(folder: string, timeline: Timeline) {
    this.name = timeline.name;
    this.#folder = folder;
    this.#timeline = timeline;
  }

  /** Resolves when it begins the term of that token. */
  begins(token: number, signal: AbortSignal): Promise<this> {
    return new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      this.#begun.set(token, () => resolve(this));
    });
  }

  /** Ends it at once, as if the machine had lost its power. */
  kill(): void {
    this.#process?.kill("SIGKILL");
  }

  /** Lives until it is told to stop; throws if it is killed. */
  async execute({ signal }: TaskContext): Promise<void> {
    const child = spawn(
      process.execPath,
      ["run", "--quiet", "--no-lock", "--allow-all", PROGRAM, this.#folder],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    this.#process = child;
    const stop = () => child.kill("SIGTERM");
    signal.addEventListener("abort", stop);
    const ended = new Promise<string | null>((resolve) =>
      child.once("close", (_, by) => resolve(by))
    );
    for await (const line of createInterface({ input: child.stdout })) {
      this.#hear(line);
    }
    const by = await ended;
    signal.removeEventListener("abort", stop);
    const isKilled = by === "SIGKILL";
    this.#timeline.add(isKilled ? "killed" : "over");
    if (isKilled) throw new Error("It was killed");
  }

  #hear(line: string): void {
    getLogger(this.name).info(line);
    const [what, , , token] = line.split(" ");
    if (what === "begins") {
      this.#timeline.add("at work");
      this.#begun.get(Number(token))?.();
    } else if (what !== "writes") this.#timeline.add("waits");
  }
}
