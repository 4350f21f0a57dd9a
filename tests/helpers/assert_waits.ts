import { type ExecuteTask, TaskContext } from "@goasync/core";
import { assertEquals } from "@std/assert";
import { isPending } from "./is_pending.ts";

/** Executes a fake, which has to wait until it is told to stop. */
export async function assertWaits(fake: ExecuteTask): Promise<void> {
  const shutdown = new AbortController();
  const context = new TaskContext({ name: "it", signal: shutdown.signal });
  const execution = Promise.resolve(fake.execute(context));
  assertEquals(await isPending(execution), true);
  shutdown.abort();
  await execution;
}
