import { DatabaseSync } from "node:sqlite";

/** Who wrote with a token: how often, and between which of all writes. */
export interface TermWrites {
  readonly token: number;
  readonly accepted: number;
  readonly refused: number;
  /** The numbers of the first and the last one that was accepted; null if none was. */
  readonly first: number | null;
  readonly last: number | null;
}

const TABLE = `CREATE TABLE IF NOT EXISTS writes (
  id INTEGER PRIMARY KEY, token INTEGER, pid INTEGER, accepted INTEGER);
  CREATE INDEX IF NOT EXISTS accepted ON writes (accepted, token)`;
const ADD = `INSERT INTO writes (token, pid, accepted) SELECT :token, :pid,
  :token >= (SELECT coalesce(max(token), 0) FROM writes WHERE accepted = 1)`;
const BY_TERM = `SELECT token, sum(accepted) AS accepted,
  sum(1 - accepted) AS refused,
  min(CASE WHEN accepted THEN id END) AS first,
  max(CASE WHEN accepted THEN id END) AS last
  FROM writes GROUP BY token, pid ORDER BY token`;

/** The table of every write of all replicas, with its token. */
export class Writes implements Disposable {
  readonly #database: DatabaseSync;

  constructor(folder: string) {
    const path = `${folder}/writes.db`;
    this.#database = new DatabaseSync(path, { timeout: 5_000 });
    this.#database.exec(TABLE);
  }

  /** Writes it down; it is accepted unless a greater token was. */
  add(token: number, pid: number): void {
    this.#database.prepare(ADD).run({ token, pid });
  }

  byTerm(): TermWrites[] {
    const rows = this.#database.prepare(BY_TERM).all();
    return rows.map((row) => ({
      token: Number(row.token),
      accepted: Number(row.accepted),
      refused: Number(row.refused),
      first: row.first === null ? null : Number(row.first),
      last: row.last === null ? null : Number(row.last),
    }));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

/** The accepted writes of two terms that come between each other. */
export function overlapsOf(terms: readonly TermWrites[]): string[] {
  const accepted = terms.filter(({ first }) => first !== null);
  return accepted.slice(1).flatMap((term, index) => {
    const before = accepted[index]!;
    const isApart = before.token < term.token && before.last! < term.first!;
    return isApart ? [] : [JSON.stringify([before, term])];
  });
}
