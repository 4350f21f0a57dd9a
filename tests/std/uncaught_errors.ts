/** Notes the errors that nobody catches. */
export interface UncaughtErrors {
  /** Hands over what has come since the last time, and no test has handled. */
  take(): unknown[];
  /** Notes nothing more. */
  end(): void;
}

/** Notes errors from now on, on Bun as Node does it, and elsewhere by events. */
export function noteUncaughtErrors(): UncaughtErrors {
  return "Bun" in globalThis ? ofProcess() : ofEvents();
}

function ofEvents(): UncaughtErrors {
  const types = ["error", "unhandledrejection"];
  const events: Event[] = [];
  const note = (event: Event) => void events.push(event);
  for (const type of types) globalThis.addEventListener(type, note);
  return {
    // Asked late, as the handlers of a test are called after this one.
    take: () => events.splice(0).filter((event) => !isHandled(event)).map(why),
    end() {
      for (const type of types) globalThis.removeEventListener(type, note);
    },
  };
}

function isHandled(event: Event): boolean {
  return event.defaultPrevented || "isHandled" in event;
}

function why(event: Event): unknown {
  const { reason, error } = event as Event & Record<string, unknown>;
  return reason ?? error;
}

interface NodeProcess {
  on(event: string, listener: (error: unknown) => void): void;
  off(event: string, listener: (error: unknown) => void): void;
}

function ofProcess(): UncaughtErrors {
  const { process } = globalThis as unknown as { process: NodeProcess };
  const types = ["uncaughtException", "unhandledRejection"];
  const errors: unknown[] = [];
  const note = (error: unknown) => void errors.push(error);
  for (const type of types) process.on(type, note);
  return {
    take: () => errors.splice(0),
    end() {
      for (const type of types) process.off(type, note);
    },
  };
}
