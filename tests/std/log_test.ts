import { assertEquals } from "@std/assert";
import { ConsoleHandler, getLogger, setup } from "@std/log";
import { describe, it } from "@std/testing/bdd";

// What the demos rely on must hold for the original and for its stand-in.

/** What is printed meanwhile. */
function printed(act: () => void): unknown[] {
  const { log } = console;
  const lines: unknown[] = [];
  console.log = (...line: unknown[]) => void lines.push(...line);
  try {
    act();
  } finally {
    console.log = log;
  }
  return lines;
}

function handler(level: "INFO" | "WARN"): ConsoleHandler {
  return new ConsoleHandler(level, {
    useColors: false,
    formatter: ({ levelName, loggerName, msg }) =>
      `${levelName} ${loggerName}: ${msg}`,
  });
}

function logBoth(name: string): void {
  getLogger(name).info("one");
  getLogger(name).warn("two");
}

describe("a logger", () => {
  it("prints what its handlers make of what it is told", () => {
    setup({
      handlers: { first: handler("INFO"), second: handler("INFO") },
      loggers: { it: { level: "INFO", handlers: ["first", "second", "none"] } },
    });
    const lines = printed(() => logBoth("it"));
    assertEquals(lines, [
      "INFO it: one",
      "INFO it: one",
      "WARN it: two",
      "WARN it: two",
    ]);
  });

  it("leaves out what is below its level, or that of its handler", () => {
    const handlers = { all: handler("INFO"), some: handler("WARN") };
    setup({
      handlers,
      loggers: {
        quiet: { level: "WARN", handlers: ["all"] },
        loud: { level: "INFO", handlers: ["some"] },
      },
    });
    assertEquals(printed(() => logBoth("quiet")), ["WARN quiet: two"]);
    assertEquals(printed(() => logBoth("loud")), ["WARN loud: two"]);
  });

  it("prints nothing unless it was set up, the last time, too", () => {
    for (const name of ["old", "new"]) {
      setup({
        handlers: { console: handler("INFO") },
        loggers: { [name]: { level: "INFO", handlers: ["console"] } },
      });
    }
    assertEquals(printed(() => logBoth("old")), []);
    assertEquals(printed(() => logBoth("unknown")), []);
    assertEquals(printed(() => logBoth("new")).length, 2);
  });

  it("returns what it is told", () => {
    setup({ handlers: {}, loggers: {} });
    const logger = getLogger("it");
    assertEquals([logger.info("one"), logger.warn("two")], ["one", "two"]);
    assertEquals([logger.debug("one"), logger.error("two")], ["one", "two"]);
  });

  it("gives its handlers what comes beside the message", () => {
    const console = new ConsoleHandler("DEBUG", {
      useColors: false,
      formatter: ({ levelName, msg, args }) =>
        `${levelName} ${msg} ${JSON.stringify(args)}`,
    });
    setup({
      handlers: { console },
      loggers: { it: { level: "DEBUG", handlers: ["console"] } },
    });
    const lines = printed(() => {
      getLogger("it").debug("one", { a: 1 }, 2);
      getLogger("it").error("two");
    });
    assertEquals(lines, ['DEBUG one [{"a":1},2]', "ERROR two []"]);
  });
});
