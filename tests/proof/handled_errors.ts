import { microtasks } from "../helpers/microtasks.ts";

interface NodeProcess {
  listeners(event: string): (() => void)[];
  on(event: string, listener: (error: unknown) => void): void;
  off(event: string, listener: (error: unknown) => void): void;
}

/** Handles uncaught errors while something is done, and returns them. */
export async function handledErrors(
  act: () => Promise<void>,
): Promise<unknown[]> {
  const errors: unknown[] = [];
  const unhandle = "addEventListener" in globalThis && !("Bun" in globalThis)
    ? onErrorEvent((error) => errors.push(error))
    : onUncaughtException((error) => errors.push(error));
  try {
    await act();
    await microtasks();
  } finally {
    unhandle();
  }
  return errors;
}

function onErrorEvent(handle: (error: unknown) => void): () => void {
  const listener = (event: ErrorEvent) => {
    event.preventDefault();
    // For hosts that do not say so in `defaultPrevented`.
    Object.assign(event, { isHandled: true });
    handle(event.error);
  };
  addEventListener("error", listener);
  return () => removeEventListener("error", listener);
}

/** In place of the handlers of the test runner, which would fail the test. */
function onUncaughtException(handle: (error: unknown) => void): () => void {
  const { process } = globalThis as unknown as { process: NodeProcess };
  const others = process.listeners("uncaughtException");
  for (const other of others) process.off("uncaughtException", other);
  process.on("uncaughtException", handle);
  return () => {
    process.off("uncaughtException", handle);
    for (const other of others) process.on("uncaughtException", other);
  };
}
