import { messageOf } from "../src/messages.ts";
import { startTimer } from "../src/timers.ts";

/** How long to wait before a database that was busy is asked again. */
const PAUSE = 20;

/**
 * Asks a database of SQLite again as long as another process is writing to it,
 * which it says by an error: nothing has happened then.
 */
export async function unlessBusy<Answer>(
  ask: () => Answer | Promise<Answer>,
  signal: AbortSignal,
): Promise<Answer> {
  while (true) {
    try {
      return await ask();
    } catch (error) {
      if (!messageOf(error).includes("database is locked")) throw error;
      await new Promise<void>((resolve) => void startTimer(PAUSE, resolve));
      if (signal.aborted) throw error;
    }
  }
}
