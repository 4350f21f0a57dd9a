import { timeoutError } from "../src/abort_errors.ts";
import { describe } from "../src/messages.ts";
import { onAbort } from "../src/on_abort.ts";
import { startTimer } from "../src/timers.ts";

/** How an answer is waited for. */
export interface Question<Answer> {
  /** For how many milliseconds. */
  readonly patience: number;
  /** Aborts when it is of no use any more. */
  readonly signal: AbortSignal;
  /** Is given an answer that nobody has waited for. */
  readonly late?: (answer: Answer) => void;
}

/**
 * The answer of a lock, if it comes in time; rejects if it does not, or is none.
 *
 * @param ask Asks the lock; its signal aborts when nobody waits any more.
 * @param isAnswer Whether a lock can say that.
 */
export function answerOf<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  isAnswer: (answer: unknown) => boolean,
  { patience, signal, late }: Question<Answer>,
): Promise<Answer> {
  const asked = new AbortController();
  return new Promise((resolve, reject) => {
    const giveUp = (reason: unknown) => {
      end();
      reject(reason);
      asked.abort(reason);
    };
    const endTimer = startTimer(patience, () => {
      giveUp(timeoutError(`The lock has not answered within ${patience} ms`));
    });
    const end = () => {
      endTimer();
      signal.removeEventListener("abort", onEnd);
    };
    const onEnd = () => giveUp(signal.reason);
    onAbort(signal, onEnd);
    checked(ask, isAnswer, asked.signal).then((answer) => {
      end();
      if (asked.signal.aborted) late?.(answer);
      else resolve(answer);
    }, (error) => {
      end();
      reject(error);
    });
  });
}

async function checked<Answer>(
  ask: (signal: AbortSignal) => Promise<Answer>,
  isAnswer: (answer: unknown) => boolean,
  signal: AbortSignal,
): Promise<Answer> {
  const answer = await ask(signal);
  if (isAnswer(answer)) return answer;
  throw new TypeError(`The lock has answered ${describe(answer)}`);
}
