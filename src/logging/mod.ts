/**
 * What a manager does, as it happens, in the log that a program has: pino,
 * LogTape, winston, `@std/log`, `console`, or one like these.
 *
 * @example To the console
 * ```ts
 * import { TaskManager } from "@goasync/core";
 * import { logTo } from "@goasync/core/logging";
 *
 * const manager = new TaskManager();
 * logTo(manager, console);
 * manager.addTask("api", {
 *   initialize: ({ note }) => note("listening at http://127.0.0.1:8000"),
 * });
 * manager.addExecuteTask("enough", () => void manager.stop(), { type: "error" });
 * await manager.run();
 * ```
 *
 * @module
 */

export { logTo, type LogToOptions } from "./log_to.ts";
export type { LogConvention, Logger } from "./logger.ts";
export type { RedactRule } from "./redact.ts";
