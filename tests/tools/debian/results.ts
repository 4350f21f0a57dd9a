/** Counts what is tried, and prints each. */
export class Results {
  passed = 0;
  failed = 0;

  /** Tries something that throws if it fails. */
  async check(what: string, fn: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    try {
      const said = await fn();
      this.passed++;
      const seconds = ((performance.now() - start) / 1_000).toFixed(1);
      console.log(`ok    ${what} (${seconds} s)${said ? `: ${said}` : ""}`);
    } catch (error) {
      this.failed++;
      console.log(`FAILED ${what}:`, error);
    }
  }
}
