/**
 * Takes samples of all in turns, so that whatever else the machine does hits
 * all alike. A round before the first is to warm up, and does not count.
 *
 * @param take Takes a sample, or none in this round.
 */
export async function inTurn<T>(
  all: readonly T[],
  rounds: number,
  take: (one: T, round: number) => Promise<number | undefined>,
): Promise<Map<T, number[]>> {
  for (const one of all) await take(one, 0);
  const samples = new Map(all.map((one) => [one, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const one of turned(all, round)) {
      const taken = await take(one, round);
      if (taken !== undefined) samples.get(one)!.push(taken);
    }
  }
  return samples;
}

/** Each goes first in its turn, and comes before each other one at times. */
function turned<T>(all: readonly T[], round: number): T[] {
  const first = round % all.length;
  const order = [...all.slice(first), ...all.slice(0, first)];
  return round % 2 === 0 ? order : order.reverse();
}
