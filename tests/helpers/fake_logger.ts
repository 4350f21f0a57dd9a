import type { Logger } from "@goasync/core/logging";

/** A logger that keeps its lines, as `"info the text"`, and what was beside. */
export class FakeLogger implements Logger {
  readonly lines: string[] = [];
  readonly data: Record<string, unknown>[] = [];

  debug(text: unknown, data?: unknown): void {
    this.#log("debug", text, data);
  }

  info(text: unknown, data?: unknown): void {
    this.#log("info", text, data);
  }

  warn(text: unknown, data?: unknown): void {
    this.#log("warn", text, data);
  }

  error(text: unknown, data?: unknown): void {
    this.#log("error", text, data);
  }

  /** The lines that begin so, without that, times left out. */
  of(level: string): string[] {
    return this.lines
      .filter((line) => line.startsWith(`${level} `))
      .map((line) => untimed(line.slice(level.length + 1)));
  }

  /** What was beside the line with a text. */
  dataOf(text: string): Record<string, unknown> | undefined {
    return this.data[this.lines.findIndex((line) => line.includes(text))];
  }

  #log(level: string, text: unknown, data: unknown): void {
    this.lines.push(`${level} ${text}`);
    this.data.push({ ...Object(data) });
  }
}

/** A line with `…` where it has a time. */
export function untimed(line: string): string {
  return line.replaceAll(/\d+(\.\d+)? m?s\b/g, "…");
}
