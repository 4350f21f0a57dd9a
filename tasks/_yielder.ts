/** What not every runtime has. */
export interface EventLoop {
  setImmediate?: ((callback: () => void) => unknown) | undefined;
  scheduler?:
    | { postTask?: ((callback: () => void) => unknown) | undefined }
    | undefined;
}

// As they are now, so that a fake clock installed later never holds a loop up.
const { setTimeout } = globalThis;
const { setImmediate, scheduler } = globalThis as EventLoop;
const now = performance.now.bind(performance);

/** After how many milliseconds timers and sockets get a turn of their own. */
const TIMER_TURN = 20;

/** How many milliseconds a loop may go on without a turn of the others. */
const TURN = 10;

/**
 * Gives the event loop a turn, so that timers, I/O and OS signals are served
 * between two runs of a loop.
 *
 * `setImmediate` and `postTask` are the cheap ways that are fair to timers.
 * Deno looks at its sockets rarely in between, hence a timer now and then.
 */
export class Yielder {
  readonly #loop: EventLoop;
  #lastTimer = performance.now();
  #lastTurn = now();

  constructor(loop: EventLoop = { setImmediate, scheduler }) {
    this.#loop = loop;
  }

  next(): Promise<void> {
    const { setImmediate, scheduler } = this.#loop;
    const now = performance.now();
    const timerIsDue = now - this.#lastTimer > TIMER_TURN;
    return new Promise((resolve) => {
      if (setImmediate && !timerIsDue) setImmediate(resolve);
      else if (scheduler?.postTask && !timerIsDue) scheduler.postTask(resolve);
      else {
        this.#lastTimer = now;
        setTimeout(resolve, 0);
      }
    });
  }

  /** Gives it a turn if it had none from here for a while. */
  async nextIfDue(): Promise<void> {
    if (now() - this.#lastTurn < TURN) return;
    await this.next();
    this.#lastTurn = now();
  }
}
