import { delay } from "@std/async";
import { getLogger } from "@std/log";
import type { Task, TaskContext } from "@goasync/core";
import { MOMENT } from "../common/moment.ts";

/** Takes no notice of being told to stop. */
export class Forever implements Task {
  async execute({ name }: TaskContext): Promise<never> {
    while (true) {
      getLogger(name).warn("is never going to stop");
      await delay(400);
    }
  }

  async cleanup({ name }: TaskContext): Promise<void> {
    await delay(MOMENT);
    getLogger(name).info("is cleaned up although it still executes");
  }
}
