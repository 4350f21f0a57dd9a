import { TaskManager } from "@goasync/core";
import { type LogConvention, logTo } from "@goasync/core/logging";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ConsoleHandler, getLogger, setup } from "@std/log";
import { describe, it } from "@std/testing/bdd";
import {
  configure,
  getLogger as getLogtape,
  reset,
} from "npm:@logtape/logtape@2.4.2";
import type { LogRecord } from "npm:@logtape/logtape@2.4.2";
import { pino } from "npm:pino@10.4.0";
import winston from "npm:winston@3.19.0";
import { Console } from "node:console";
import { Writable } from "node:stream";
import { loggedRun } from "../helpers/logged_run.ts";
import { runAndStop } from "../helpers/run_and_stop.ts";

/** A stream, and what was written to it. */
function collected(): { stream: Writable; lines: () => string[] } {
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, written) {
      text += chunk;
      written();
    },
  });
  return { stream, lines: () => text.trimEnd().split("\n") };
}

/** The line with a text. */
function lineWith(lines: readonly string[], text: string): string {
  const line = lines.find((line) => line.includes(text));
  assert(line, `Expected "${text}" in:\n${lines.join("\n")}`);
  return line;
}

describe("logTo(), a real logger", () => {
  it("pino: the data come first, and an error is err", async () => {
    const { stream, lines } = collected();
    await loggedRun(pino({ level: "debug" }, stream));
    const logged = (text: string) => {
      const { time: _time, pid: _pid, hostname: _hostname, ...line } = JSON
        .parse(lineWith(lines(), text));
      return line;
    };
    assertEquals(logged("listening"), {
      level: 30,
      event: "note",
      task: "api",
      details: { port: 8000 },
      msg: "api: listening {100%}",
    });
    assertEquals(logged("restarts").level, 40);
    assertEquals(logged("api initializes").level, 20);
    const failure = logged("job failed");
    assertEquals(failure.level, 50);
    assertEquals(failure.msg, "job failed in execute: No luck");
    assertEquals(failure.code, "FAILED");
    assertEquals(failure.err.type, "TaskError");
    assertStringIncludes(failure.err.stack, "logged_run.ts");
    assertEquals(failure.error, undefined);
    assertEquals(logged("told to stop").taskName, "job");
  });

  it("LogTape: the data are its properties", async () => {
    const records: LogRecord[] = [];
    await configure({
      sinks: { memory: (record) => void records.push(record) },
      loggers: [
        { category: "app", lowestLevel: "debug", sinks: ["memory"] },
        { category: ["logtape", "meta"], lowestLevel: "error", sinks: [] },
      ],
    });
    await loggedRun(getLogtape(["app"]));
    await reset();
    const logged = (text: string) =>
      records.find(({ message }) => message.join("").includes(text))!;
    const note = logged("listening");
    assertEquals(note.message, ["api: listening {100%}"]);
    assertEquals(note.level, "info");
    assertEquals({ ...note.properties }, {
      event: "note",
      task: "api",
      details: { port: 8000 },
    });
    assertEquals(logged("restarts").level, "warning");
    assertEquals(logged("api initializes").level, "debug");
    const failure = logged("job failed");
    assertEquals(failure.level, "error");
    const { error } = failure.properties;
    assert(error instanceof Error);
    assertEquals(error.message, 'Task "job" failed in execute: No luck');
  });

  it("winston: the data are beside the message, and the stack is there", async () => {
    const { stream, lines } = collected();
    const { combine, json, splat } = winston.format;
    await loggedRun(winston.createLogger({
      level: "debug",
      format: combine(splat(), json()),
      transports: [new winston.transports.Stream({ stream })],
    }));
    const logged = (text: string) => JSON.parse(lineWith(lines(), text));
    assertEquals(logged("listening"), {
      level: "info",
      event: "note",
      task: "api",
      details: { port: 8000 },
      message: "api: listening {100%}",
    });
    assertEquals(logged("restarts").level, "warn");
    assertEquals(logged("api initializes").level, "debug");
    const failure = logged("job failed");
    assertEquals(failure.level, "error");
    assertEquals(failure.error.path, ["job"]);
    assertStringIncludes(failure.stack, "logged_run.ts");
  });

  for (
    const [what, format] of [
      ["without splat()", winston.format.json()],
      [
        "with splat()",
        winston.format.combine(winston.format.splat(), winston.format.json()),
      ],
    ] as const
  ) {
    it(`winston ${what}: a percent sign in a text is no placeholder`, async () => {
      const { stream, lines } = collected();
      const logger = winston.createLogger({
        format,
        transports: [new winston.transports.Stream({ stream })],
      });
      const manager = new TaskManager();
      logTo(manager, logger);
      manager.addTask("api", {
        initialize: ({ note }) =>
          note("listening at http://host/caf%c3%a9, 95%full", { port: 8000 }),
      });
      await runAndStop(manager);
      assertEquals(JSON.parse(lineWith(lines(), "listening")), {
        level: "info",
        event: "note",
        task: "api",
        details: { port: 8000 },
        message: "api: listening at http://host/caf%c3%a9, 95%full",
      });
    });
  }

  it("winston's children, too, and what they add to the data", async () => {
    const { stream, lines } = collected();
    const logger = winston.createLogger({
      defaultMeta: { service: "shop" },
      transports: [new winston.transports.Stream({ stream })],
    });
    await loggedRun(logger.child({ part: "jobs" }));
    const { service, part, task } = JSON.parse(lineWith(lines(), "listening"));
    assertEquals([service, part, task], ["shop", "jobs", "api"]);
  });

  it("console: the data are what comes after the text", async () => {
    const { stream, lines } = collected();
    const errors = collected();
    const console = new Console({ stdout: stream, stderr: errors.stream });
    await loggedRun(console);
    assertEquals(
      lineWith(lines(), "listening"),
      "api: listening {100%} { event: 'note', task: 'api', details: { port: 8000 } }",
    );
    lineWith(lines(), "api initializes");
    lineWith(errors.lines(), "api: restarts");
    lineWith(errors.lines(), "job failed in execute: No luck {");
    lineWith(errors.lines(), "logged_run.ts");
  });

  it("@std/log: the data are args", async () => {
    const printed: unknown[] = [];
    const { log } = console;
    console.log = (line) => void printed.push(line);
    const handler = new ConsoleHandler("DEBUG", {
      useColors: false,
      formatter: ({ levelName, loggerName, msg, args }) =>
        `${levelName} ${loggerName} ${msg} ${JSON.stringify(args)}`,
    });
    setup({
      handlers: { console: handler },
      loggers: { app: { level: "DEBUG", handlers: ["console"] } },
    });
    try {
      await loggedRun(getLogger("app"));
    } finally {
      console.log = log;
    }
    const lines = printed.map(String);
    assertEquals(
      lineWith(lines, "listening"),
      'INFO app api: listening {100%} [{"event":"note","task":"api","details":{"port":8000}}]',
    );
    lineWith(lines, "WARN app api: restarts");
    lineWith(lines, "DEBUG app api initializes");
    const failure = lineWith(lines, "ERROR app job failed in execute: No luck");
    assertStringIncludes(failure, "logged_run.ts");
  });

  it("pino's children, too", async () => {
    const { stream, lines } = collected();
    await loggedRun(pino(stream).child({ service: "shop" }));
    const { service, msg } = JSON.parse(lineWith(lines(), "listening"));
    assertEquals([service, msg], ["shop", "api: listening {100%}"]);
  });

  it("another one, of which the convention is told", async () => {
    const { stream, lines } = collected();
    const { debug, info, warn, error } = pino(stream);
    const logger = pino(stream);
    const convention: LogConvention = "pino";
    await loggedRun({
      debug: debug.bind(logger),
      info: info.bind(logger),
      warn: warn.bind(logger),
      error: error.bind(logger),
    }, { convention });
    const { msg, task } = JSON.parse(lineWith(lines(), "listening"));
    assertEquals([task, msg], ["api", "api: listening {100%}"]);
  });
});
