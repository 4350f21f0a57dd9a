/** A stream that the process writes to. */
export interface OutputHere {
  readonly columns?: number | undefined;
  readonly writableLength?: number | undefined;
  write(text: string, whenWritten: () => void): unknown;
  end(whenWritten: () => void): unknown;
}

/** What Deno, Node and Bun have in common; not each has everything. */
export interface ProcessHere {
  readonly pid?: number;
  readonly platform?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly versions?: Readonly<Record<string, string | undefined>>;
  readonly stdout?: OutputHere;
  readonly stderr?: OutputHere;
  exitCode?: number | string | null | undefined;
  on(
    name: string,
    handler: (value?: unknown, origin?: unknown) => void,
  ): unknown;
  off(
    name: string,
    handler: (value?: unknown, origin?: unknown) => void,
  ): unknown;
  prependListener(name: string, handler: () => void): unknown;
  listenerCount(name: string): number;
  removeAllListeners(name: string): unknown;
  kill(pid: number, name: string | 0): unknown;
  exit(code: number): unknown;
  getActiveResourcesInfo?(): string[];
}

/** An event of the global scope that tells of an error. */
interface StrayEvent extends Event {
  readonly error?: unknown;
  readonly reason?: unknown;
}

/** How long output may take to be written before an exit, in milliseconds. */
const MS_TO_FLUSH = 500;

/** What the streams of the process itself count as. */
const OWN_STREAMS = ["PipeWrap", "TTYWrap"];

/** The process, on a runtime that has one. */
export function processHere(): ProcessHere | undefined {
  const { process } = globalThis as { process?: Partial<ProcessHere> };
  return isProcess(process) ? process : undefined;
}

function isProcess(process?: Partial<ProcessHere>): process is ProcessHere {
  return typeof process?.on === "function" && typeof process.off === "function";
}

/** Whether the runtime tells the process when nothing is left to wait for but a module's own await. */
export function knowsItsEnd({ versions }: ProcessHere): boolean {
  return !versions?.deno && !versions?.bun;
}

/**
 * Calls a listener with each error that nobody has caught, in place of the
 * runtime, which would end the process.
 *
 * @returns What ends it.
 */
export function catchStrayErrors(
  listener: (error: unknown) => void,
): () => void {
  const process = processHere();
  if (!process || process.versions?.deno) return catchErrorEvents(listener);
  const names = ["uncaughtException", "unhandledRejection"];
  for (const name of names) process.on(name, listener);
  return () => {
    for (const name of names) process.off(name, listener);
  };
}

/** Where errors are events of the global scope, which others may handle, too. */
function catchErrorEvents(listener: (error: unknown) => void): () => void {
  const handle = (event: StrayEvent) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    listener("reason" in event ? event.reason : event.error);
  };
  const names = ["error", "unhandledrejection"];
  for (const name of names) globalThis.addEventListener?.(name, handle);
  return () => {
    for (const name of names) globalThis.removeEventListener?.(name, handle);
  };
}

/** Whether an error may be that of a write to a terminal that is gone. */
export function isOfLostTerminal(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EIO";
}

/** What keeps the process alive, as the runtime calls it, as far as it can tell. */
export function openResources(process: ProcessHere): string[] {
  const names = process.getActiveResourcesInfo?.() ?? [];
  const isOwn = (name: string) => OWN_STREAMS.includes(name);
  // Deno lists the standard streams as they are, and as they are for Node.
  if (process.versions?.deno) return names.filter((name) => !isOwn(name));
  for (const name of names.filter(isOwn).slice(0, 2)) {
    names.splice(names.indexOf(name), 1);
  }
  return names;
}

/** Ends the process when its output is written, or in half a second. */
export async function exitFlushed(
  process: ProcessHere,
  code: number,
): Promise<void> {
  const { stdout, stderr, versions } = process;
  const written = [stdout, stderr].map((stream) =>
    new Promise<void>((resolve) => {
      // Where no length is known, and nothing is written as one piece.
      if (versions?.bun) stream?.end(resolve);
      else if (stream?.writableLength) stream.write("", resolve);
      else resolve();
    })
  );
  const late = new Promise((resolve) => setTimeout(resolve, MS_TO_FLUSH));
  await Promise.race([Promise.all(written), late]);
  process.exit(code);
}
