/** What the demos and tests call of @std/log. */

const LEVELS = { DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40 };

type LevelName = keyof typeof LEVELS;

interface LogRecord {
  readonly msg: string;
  readonly levelName: string;
  readonly loggerName: string;
  readonly args: unknown[];
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
  handle(levelName: LevelName, record: Omit<LogRecord, "levelName">): void {
    if (LEVELS[levelName] < LEVELS[this.#level]) return;
    console.log(this.#formatter({ ...record, levelName }));
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
  debug(msg: string, ...args: unknown[]): string {
    return this.#log("DEBUG", msg, args);
  }
  info(msg: string, ...args: unknown[]): string {
    return this.#log("INFO", msg, args);
  }
  warn(msg: string, ...args: unknown[]): string {
    return this.#log("WARN", msg, args);
  }
  error(msg: string, ...args: unknown[]): string {
    return this.#log("ERROR", msg, args);
  }
  #log(level: LevelName, msg: string, args: unknown[]): string {
    if (LEVELS[level] < LEVELS[this.#level]) return msg;
    const record = { msg, loggerName: this.#name, args };
    for (const each of this.#handlers) each.handle(level, record);
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
