import { TaskManager } from "@goasync/core";
import { type Logger, logTo } from "@goasync/core/logging";
import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const ROUNDS = 9;

/** How long 100,000 execute tasks take, in milliseconds. */
async function timeOf(logger?: Logger): Promise<number> {
  const manager = new TaskManager();
  if (logger) logTo(manager, logger);
  const start = performance.now();
  for (let added = 0; added < 100_000; added++) {
    manager.addExecuteTask("job", async () => {}, { type: "error" });
  }
  manager.addExecuteTask("stop", () => void manager.stop(), { type: "error" });
  await manager.run();
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}

describe("logTo(), what it costs", () => {
  it("is at most as much again for 100,000 execute tasks", async () => {
    const lines: unknown[] = [];
    const say = (text: unknown) => lines.push(text);
    const logger = { debug: say, info: say, warn: say, error: say };
    const without: number[] = [];
    const withLogger: number[] = [];
    // In turn, so that a machine that is busy for a while slows both.
    for (let round = 0; round < ROUNDS; round++) {
      without.push(await timeOf());
      withLogger.push(await timeOf(logger));
    }
    const ratio = median(withLogger) / median(without);
    console.log(`with a logger: ${ratio.toFixed(2)} times`);
    assert(ratio <= 2, `${ratio} times`);
    assert(lines.length / ROUNDS <= 100, `${lines.length / ROUNDS} lines`);
  });
});
