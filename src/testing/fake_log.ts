import { checkOptions, wrong } from "../arguments.ts";

/** How a fake is made. */
export interface FakeOptions {
  /**
   * Where the fake writes what happens, in order; several fakes may share one.
   * It is yours to read and to empty: a fake only ever adds to it.
   *
   * Each call of a method `METHOD` adds `"NAME METHOD begins"`, and then
   * `"NAME METHOD ends"` or, if it throws or rejects, `"NAME METHOD fails"`.
   * The name is that of the task's context, so `"database initialize begins"`;
   * a `FakeTaskManager` is called `manager`.
   *
   * @default {nothing is written}
   */
  log?: string[] | undefined;
}

/** What writes to the log of a fake, if it is one. */
export function writerOf(
  action: string,
  options: FakeOptions,
): (entry: string) => void {
  checkOptions(action, options, "the options must be an object as { log }");
  const { log } = options;
  if (log === undefined) return () => {};
  if (Array.isArray(log)) return (entry) => void log.push(entry);
  throw wrong(action, "'log' must be an array", log);
}
