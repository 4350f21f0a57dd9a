import { TaskManager } from "@goasync/core";
import { logTo, type LogToOptions } from "@goasync/core/logging";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { FakeLogger } from "../helpers/fake_logger.ts";
import { loggedRun } from "../helpers/logged_run.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";
import { running } from "../helpers/running.ts";

const manager = new TaskManager();
const logger = new FakeLogger();

/** Calls it as from JavaScript. */
const logToAny = logTo as (...args: unknown[]) => () => void;

describe("logTo()", () => {
  for (
    const [what, args, ErrorType, message] of [
      [
        "no manager",
        [undefined, logger],
        TypeError,
        "it must be given a TaskManager: current value is undefined",
      ],
      [
        "what has no report",
        [{ subscribe() {} }, logger],
        TypeError,
        "it must be given a TaskManager: current value is an instance of Object",
      ],
      [
        "no logger",
        [manager],
        TypeError,
        "the logger must have the methods debug, info, warn and error: current value is undefined",
      ],
      [
        "a logger that cannot warn",
        [manager, { debug() {}, info() {}, error() {} }],
        TypeError,
        "the logger must have the methods debug, info, warn and error: current value is an instance of Object",
      ],
      [
        "options that are none",
        [manager, logger, 1],
        TypeError,
        "the options must be an object: current value is 1 (number)",
      ],
      [
        "a convention that is unknown",
        [manager, logger, { convention: "log4j" }],
        TypeError,
        `'convention' must be "pino" or "logtape" or "console" or "winston" or "plain": current value is "log4j"`,
      ],
      [
        "a progress that is no time",
        [manager, logger, { progress: true }],
        RangeError,
        "'progress' must be a finite number that is not negative: current value is true (boolean)",
      ],
      [
        "a progress that leaves no time between two lines",
        [manager, logger, { progress: 0 }],
        RangeError,
        "'progress' must be above 0, or false: current value is 0 (number)",
      ],
      [
        "a summary that is no time",
        [manager, logger, { summary: -1 }],
        RangeError,
        "'summary' must be a finite number that is not negative: current value is -1 (number)",
      ],
      [
        "rules that are no array",
        [manager, logger, { redact: "password" }],
        TypeError,
        `'redact' must be an array of strings and RegExps: current value is "password"`,
      ],
      [
        "a rule that is none",
        [manager, logger, { redact: ["password", 1] }],
        TypeError,
        "'redact' must be an array of strings and RegExps: current value is an instance of Array",
      ],
    ] as const
  ) {
    it(`rejects ${what}`, () => {
      assertThrows(
        () => logToAny(...args),
        ErrorType,
        `Cannot log what a TaskManager does as ${message}`,
      );
    });
  }

  it("logs until it is ended", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    const unsubscribe = logTo(manager, logger);
    const { errors } = await running(manager);
    unsubscribe();
    unsubscribe();
    manager.stop();
    await errors;
    assertEquals(logger.of("info"), ["executing after …"]);
  });

  it("does not know how long who ran before it has run", async () => {
    const logger = new FakeLogger();
    const manager = new TaskManager();
    manager.addExecuteTask("it", ({ done }) => done);
    const { errors } = await running(manager);
    logTo(manager, logger);
    manager.stop();
    await errors;
    assertEquals(logger.of("info").at(-1), "finished");
    assertEquals(
      logger.of("debug").filter((line) => line.startsWith("it has")),
      ["it has executed"],
    );
  });

  it("is not disturbed by a logger that throws or rejects", async () => {
    const manager = new TaskManager();
    const fail = () => {
      throw new Error("Disk full");
    };
    const reject = () => Promise.reject(new Error("Disk full"));
    const calls: string[] = [];
    logTo(manager, { debug: fail, info: reject, warn: fail, error: fail });
    manager.addTask("it", { cleanup: () => calls.push("cleanup") });
    assertEquals(await runAndStop(manager), []);
    assertEquals(calls, ["cleanup"]);
  });

  const calls: [unknown, unknown][] = [];
  const info = (...args: [unknown, unknown]) => calls.push(args);
  const methods = { debug() {}, info, warn() {}, error: info };
  const note = { event: "note", task: "api", details: { port: 8000 } };
  const text = "api: listening {100%}";

  for (
    const [what, logger, expected, options] of [
      ["pino", { ...methods, bindings() {} }, [note, text]],
      ["bunyan", { ...methods, addSerializers() {} }, [note, text]],
      [
        "LogTape",
        { ...methods, category: [], getChild() {} },
        ["api: listening {{100%}}", note],
      ],
      [
        "console",
        { ...methods, table() {}, groupEnd() {} },
        ["api: listening {100%%}", note],
      ],
      [
        "winston",
        { ...methods, transports: [], exceptions: {} },
        [{ ...note, message: text }],
      ],
      ["any other", methods, [text, note]],
      ["what it is told", methods, [note, text], { convention: "pino" }],
    ] as [string, typeof methods, unknown[], LogToOptions?][]
  ) {
    it(`has data beside the text as ${what} has them`, async () => {
      calls.length = 0;
      await loggedRun(logger, options);
      assertEquals(calls[0], expected);
    });
  }

  it("has an error as err where data come first, and its stack where they do not", async () => {
    calls.length = 0;
    await loggedRun({ ...methods, bindings: () => {} } as typeof methods);
    const failed = () =>
      calls.flat().find((each) => Object(each).code) as Record<string, unknown>;
    assertEquals(Object.keys(failed()).slice(-2), ["code", "err"]);
    calls.length = 0;
    await loggedRun(methods);
    assertEquals(Object.keys(failed()).slice(-3), ["code", "error", "stack"]);
  });
});
