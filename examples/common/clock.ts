const start = performance.now();

/** The milliseconds since the demo was started. */
export function elapsed(): number {
  return performance.now() - start;
}

/** Shows milliseconds as seconds: `" 1.25 s"`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`.padStart(7);
}
