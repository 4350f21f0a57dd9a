import { styleText } from "node:util";
import { ConsoleHandler, getLogger, setup } from "@std/log";
import type { ObservedManager } from "@goasync/core";
import { logTo } from "@goasync/core/logging";
import { elapsed, seconds } from "./clock.ts";

const NAME_COLORS = ["cyan", "magenta", "blue", "green"] as const;

/**
 * Sets up one logger for each task, so that `getLogger(context.name)` prints
 * the time, the task's name in a colour of its own, and the message.
 */
export function setupLog(names: readonly string[]): void {
  const width = Math.max(...[...names, MANAGER].map((name) => name.length));
  const label = (name: string) =>
    styleText(
      NAME_COLORS[names.indexOf(name) % NAME_COLORS.length] ?? "white",
      name.padEnd(width),
    );
  const console = new ConsoleHandler("INFO", {
    useColors: false,
    formatter: ({ levelName, loggerName, msg }) =>
      [
        styleText("dim", seconds(elapsed())),
        label(loggerName),
        levelName === "WARN" ? styleText("yellow", msg) : msg,
      ].join("  "),
  });
  setup({
    handlers: { console },
    loggers: Object.fromEntries(
      [...names, MANAGER].map((name) => [
        name,
        { level: "INFO", handlers: ["console"] },
      ]),
    ),
  });
}

/** The name of the logger that a manager logs to. */
const MANAGER = "manager";

/** Logs what a manager does, beside what its tasks log. */
export function logManager(manager: ObservedManager): void {
  logTo(manager, getLogger(MANAGER));
}
