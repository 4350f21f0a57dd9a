/** What the demos call of @std/log, over loglevel. */
import loglevel from "npm:loglevel@1.9.2";

// A logger that was not set up prints nothing.
loglevel.setDefaultLevel("silent");

type LevelName = "DEBUG" | "INFO" | "WARN" | "ERROR";

interface LogRecord {
  readonly msg: string;
  readonly levelName: string;
  readonly loggerName: string;
}

interface LogConfig {
  handlers: { [name: string]: ConsoleHandler };
  loggers: { [name: string]: { level: LevelName; handlers: string[] } };
}

interface Logger {
  info(msg: string): void;
  warn(msg: string): void;
}

export class ConsoleHandler {
  #level: LevelName;
  #formatter: (logRecord: LogRecord) => string;
  constructor(
    levelName: LevelName,
    options: {
      formatter: (logRecord: LogRecord) => string;
      useColors: false;
    },
  ) {
    this.#level = levelName;
    this.#formatter = options.formatter;
  }
  handle(logRecord: LogRecord): void {
    const level = logRecord.levelName as LevelName;
    if (loglevel.levels[level] < loglevel.levels[this.#level]) return;
    console.log(this.#formatter(logRecord));
  }
}

export function setup(config: LogConfig): void {
  for (
    const [loggerName, { level, handlers }] of Object.entries(config.loggers)
  ) {
    const logger = loglevel.getLogger(loggerName);
    logger.methodFactory = (method) => (msg) => {
      const record = { msg, levelName: method.toUpperCase(), loggerName };
      for (const name of handlers) config.handlers[name]?.handle(record);
    };
    logger.setLevel(level, false);
  }
}

export function getLogger(name: string): Logger {
  return loglevel.getLogger(name);
}
