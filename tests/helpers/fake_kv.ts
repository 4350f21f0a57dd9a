import type {
  DenoKv,
  DenoKvEntry,
  DenoKvOperation,
} from "@goasync/core/tasks/lease";

/** A database as `Deno.Kv`, in memory. */
export class FakeKv implements DenoKv {
  readonly #entries = new Map<string, DenoKvEntry>();
  #writes = 0;
  /** Called before each write, which rejects with what it throws. */
  onCommit: () => unknown = () => {};

  get(key: string[]): Promise<DenoKvEntry> {
    return Promise.resolve(this.#read(key));
  }

  atomic(): DenoKvOperation {
    const checks: { key: string[]; versionstamp: string | null }[] = [];
    const writes: [key: string[], value: unknown][] = [];
    const operation: DenoKvOperation = {
      check(entry) {
        checks.push(entry);
        return operation;
      },
      set(...write) {
        writes.push(write);
        return operation;
      },
      commit: async () => {
        await this.onCommit();
        const ok = checks.every(({ key, versionstamp }) =>
          this.#read(key).versionstamp === versionstamp
        );
        if (ok) { for (const [key, value] of writes) this.#write(key, value); }
        return { ok };
      },
    };
    return operation;
  }

  #read(key: string[]): DenoKvEntry {
    const none = { value: null, versionstamp: null };
    return this.#entries.get(JSON.stringify(key)) ?? none;
  }

  #write(key: string[], value: unknown): void {
    const versionstamp = `${++this.#writes}`.padStart(20, "0");
    this.#entries.set(JSON.stringify(key), { value, versionstamp });
  }
}
