import process from "node:process";

interface Exposed {
  gc?: () => void;
  Bun?: { gc(force: boolean): void };
}

const { gc, Bun } = globalThis as Exposed;

/** Collects all garbage. */
export function collect(): void {
  if (Bun) Bun.gc(true);
  else if (gc) gc();
  else throw new Error("Cannot collect garbage as --expose-gc is missing");
}

/** How many bytes of the heap are in use once garbage is collected. */
export function heapInUse(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
