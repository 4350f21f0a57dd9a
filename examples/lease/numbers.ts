import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** A number that was written, and by the token of which term. */
export interface Written {
  readonly number: number;
  readonly token: number;
}

/** Numbers in a file, that several processes write to. */
export class Numbers implements Disposable {
  readonly #database: DatabaseSync;

  constructor(folder: string) {
    const path = join(folder, "numbers.db");
    this.#database = new DatabaseSync(path, { timeout: 2_000 });
    this.#database.exec(`CREATE TABLE IF NOT EXISTS numbers (
      number INTEGER PRIMARY KEY, token INTEGER NOT NULL)`);
  }

  /** Writes the next number; throws if the token is not the latest. */
  add(token: number): number {
    const row = this.#database.prepare(`INSERT INTO numbers (token)
      SELECT :token WHERE :token >= (SELECT coalesce(max(token), 0) FROM numbers)
      RETURNING number`).get({ token });
    if (row) return Number(row.number);
    throw new Error(`Token ${token} is not the latest`);
  }

  all(): Written[] {
    const rows = this.#database.prepare("SELECT number, token FROM numbers");
    return rows.all().map(({ number, token }) => ({
      number: Number(number),
      token: Number(token),
    }));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** Whether no number is missing, and no term wrote once the next one had. */
export function isInOrder(written: readonly Written[]): boolean {
  return written.every(({ number, token }, index) =>
    number === index + 1 && token >= (written[index - 1]?.token ?? 0)
  );
}
