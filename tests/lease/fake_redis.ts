interface Entry {
  readonly token: string;
  readonly expires: number;
}

/** Does what the three scripts of redisLock() do, which it tells by their commands. */
export function fakeRedis(): (...command: string[]) => Promise<number> {
  const held = new Map<string, Entry>();
  const tokens = new Map<string, number>();
  return (_eval, script = "", _count, key = "", counter = "", first, ttl) => {
    const entry = held.get(key);
    const isThere = entry !== undefined && Date.now() < entry.expires;
    const isOurs = isThere && entry.token === first;
    const hold = (token: string, ms: unknown) =>
      held.set(key, { token, expires: Date.now() + Number(ms) });
    let answer = 0;
    if (script.includes("INCR")) {
      if (isThere) return Promise.resolve(0);
      answer = (tokens.get(counter) ?? 0) + 1;
      tokens.set(counter, answer);
      hold(`${answer}`, first);
    } else if (isOurs) {
      answer = 1;
      if (script.includes("PEXPIRE")) hold(entry.token, ttl);
      else held.delete(key);
    }
    return Promise.resolve(answer);
  };
}
