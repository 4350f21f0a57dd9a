/** What the demos call of @std/log. */

const LEVELS = { DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40 };

type LevelName = keyof typeof LEVELS;

interface LogRecord {
  readonly msg: string;
  readonly levelName: string;
  readonly loggerName: string;
}

interface LogConfig {
  handlers: { [name: string]: ConsoleHandler };
  loggers: { [name: string]: { level: LevelName; handlers: string[] } };
}

export class ConsoleHandler {
  readonly #level: LevelName;
  readonly #formatter: (logRecord: LogRecord) => string;
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
  handle(levelName: LevelName, loggerName: string, msg: string): void {
    if (LEVELS[levelName] < LEVELS[this.#level]) return;
    console.log(this.#formatter({ msg, levelName, loggerName }));
  }
}

class Logger {
  readonly #name: string;
  readonly #level: LevelName;
  readonly #handlers: readonly ConsoleHandler[];
  constructor(
    name: string,
    level: LevelName,
    handlers: readonly ConsoleHandler[],
  ) {
    this.#name = name;
    this.#level = level;
    this.#handlers = handlers;
  }
  info(msg: string): string {
    return this.#log("INFO", msg);
  }
  warn(msg: string): string {
    return this.#log("WARN", msg);
  }
  #log(level: LevelName, msg: string): string {
    if (LEVELS[level] < LEVELS[this.#level]) return msg;
    for (const each of this.#handlers) each.handle(level, this.#name, msg);
    return msg;
  }
}

const loggers = new Map<string, Logger>();

/** Those that were set up before are forgotten. */
export function setup(config: LogConfig): void {
  loggers.clear();
  for (const [name, { level, handlers }] of Object.entries(config.loggers)) {
    const known = handlers.flatMap((handler) => config.handlers[handler] ?? []);
    loggers.set(name, new Logger(name, level, known));
  }
}

/** One that was not set up prints nothing. */
export function getLogger(name: string): Logger {
  return loggers.get(name) ?? new Logger(name, "DEBUG", []);
}
