import { type ObservedManager, TaskManager } from "@goasync/core";
import {
  type LogConvention,
  type Logger,
  logTo,
  type LogToOptions,
  type RedactRule,
} from "@goasync/core/logging";
import { deepEqual } from "node:assert/strict";

/** A logger that is written to, and one that is ended. */
export async function useLogTo(): Promise<void> {
  const lines: unknown[] = [];
  const say = (text: unknown) => lines.push(text);
  const logger: Logger = { debug() {}, info: say, warn: say, error: say };
  const convention: LogConvention = "plain";
  const redact: RedactRule[] = ["password", /secret/];
  const options: LogToOptions = {
    convention,
    redact,
    progress: false,
    summary: 1_000,
  };
  const manager = new TaskManager();
  const observed: ObservedManager = manager;
  const unsubscribe: () => void = logTo(observed, logger, options);
  manager.addTask("it", { initialize: ({ note }) => note("a secret") });
  manager.addExecuteTask("stop", () => void manager.stop("enough"), {
    type: "error",
  });
  await manager.run();
  unsubscribe();
  deepEqual(
    lines.filter((line) => !/after/.test(String(line))),
    ["it: a [redacted]", "told to stop: enough"],
  );
}
