import { delay } from "@std/async";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";
import { MOMENT } from "../common/moment.ts";

/** Stops as soon as it is told to. */
export class Polite implements Task {
  async initialize({ name, signal }: TaskContext): Promise<void> {
    await delay(MOMENT, { signal });
    getLogger(name).info("is ready");
  }

  async execute({ name, done }: TaskContext): Promise<void> {
    await done;
    getLogger(name).info("stops at once");
  }

  async cleanup({ name }: TaskContext): Promise<void> {
    await delay(MOMENT);
    getLogger(name).info("is cleaned up");
  }
}
