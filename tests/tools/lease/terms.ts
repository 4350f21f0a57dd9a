/** A term as replicas have printed it. */
export interface Term {
  readonly token: number;
  readonly begin: number;
  /** Infinity if it goes on. */
  readonly end: number;
}

/** All terms, by when they began. */
export function termsOf(
  texts: readonly string[],
  /** When those ended, by token, that could not say so. */
  silenced: ReadonlyMap<number, number>,
): Term[] {
  const begins = new Map<number, number>();
  const ends = new Map<number, number>();
  for (const text of texts) {
    for (const [, what, token, at] of text.matchAll(LINE)) {
      (what === "begin" ? begins : ends).set(Number(token), Number(at));
    }
  }
  return [...begins].map(([token, begin]) => ({
    token,
    begin,
    end: silenced.get(token) ?? ends.get(token) ?? Infinity,
  })).sort((one, other) => one.begin - other.begin);
}

const LINE = /^(begin|end) (\d+) (\d+)$/gm;

/** Terms of which one began before that before it had ended. */
export function overlapsIn(terms: readonly Term[]): string[] {
  return terms.slice(1).flatMap((term, index) => {
    const before = terms[index]!;
    const isApart = before.token < term.token && before.end <= term.begin;
    return isApart ? [] : [JSON.stringify([before, term])];
  });
}
