/** What part of the run the timeline shows, in milliseconds from its start. */
export class View {
  /** Null for all of it, up to now. */
  #part: { readonly from: number; readonly to: number } | null = null;
  #end = 1;

  /** The run has lasted so long. */
  set end(ms: number) {
    this.#end = Math.max(1, ms);
  }

  get isWhole(): boolean {
    return this.#part === null;
  }

  get from(): number {
    return this.#part?.from ?? 0;
  }

  get to(): number {
    return this.#part?.to ?? this.#end;
  }

  /** Where a time is, in percent of the width. */
  percent(ms: number): number {
    return (ms - this.from) / (this.to - this.from) * 100;
  }

  fit(): void {
    this.#part = null;
  }

  /** Shows so many times as much, around what is at a share of the width. */
  zoom(factor: number, share: number): void {
    const length = this.to - this.from;
    const at = this.from + length * share;
    this.#show(at - length * factor * share, length * factor);
  }

  /** Moves by a share of what is shown. */
  scroll(share: number): void {
    const length = this.to - this.from;
    this.#show(this.from + length * share, length);
  }

  /** How far it is scrolled, from 0 to 1. */
  get scrolled(): number {
    const room = this.#end - (this.to - this.from);
    return room <= 0 ? 0 : this.from / room;
  }

  set scrolled(share: number) {
    const length = this.to - this.from;
    this.#show((this.#end - length) * share, length);
  }

  #show(from: number, length: number): void {
    if (length >= this.#end) return this.fit();
    const shown = Math.max(length, 1);
    const start = Math.min(Math.max(from, 0), this.#end - shown);
    this.#part = { from: start, to: start + shown };
  }
}

/** Round times to write at the top, so far apart that they can be read. */
export function ticksOf(from: number, to: number, count: number): number[] {
  const least = (to - from) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= least) ??
    10);
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) {
    ticks.push(at);
  }
  return ticks;
}
