/** What the demo uses of cli-progress, which comes without types. */

/** How a bar looks, and where. */
export interface BarOptions {
  format: string;
  stream: NodeJS.WritableStream;
  /** Whether it writes a line now and then where there is no terminal. */
  noTTYOutput: boolean;
  /** After how many milliseconds it writes the next line there. */
  notTTYSchedule: number;
}

/** A progress bar. */
export class SingleBar {
  constructor(options: BarOptions);
  start(total: number, value: number, payload: Record<string, unknown>): void;
  update(value: number, payload: Record<string, unknown>): void;
  stop(): void;
}
