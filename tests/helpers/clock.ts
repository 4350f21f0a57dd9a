import { replaceGlobal } from "./replaced_global.ts";

/** A clock on the wall that a test sets, until disposed. Timers do not see it. */
export class SetClock implements Disposable {
  readonly #replaced: Disposable;
  /** By how many milliseconds it is ahead of what it was. */
  ahead = 0;

  constructor() {
    const ahead = () => this.ahead;
    const RealDate = Date;
    class SteppedDate extends RealDate {
      constructor(...args: [] | [number | string | Date]) {
        super(args.length === 0 ? SteppedDate.now() : args[0]);
      }

      static override now(): number {
        return RealDate.now() + ahead();
      }
    }
    this.#replaced = replaceGlobal("Date", SteppedDate);
  }

  [Symbol.dispose](): void {
    this.#replaced[Symbol.dispose]();
  }
}
