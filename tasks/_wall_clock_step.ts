/** Notices when the wall clock is set, or the machine has slept. */
export class WallClockStep {
  #offset = offset();

  /** Whether it was moved by more than that since it was last asked, or made. */
  wasSet(ms: number): boolean {
    const before = this.#offset;
    this.#offset = offset();
    return Math.abs(this.#offset - before) > ms;
  }
}

/** Stays the same while both clocks go on. */
function offset(): number {
  return Date.now() - performance.now();
}
