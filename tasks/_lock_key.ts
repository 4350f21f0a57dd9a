import { wrong } from "../src/arguments.ts";

/** Not every database can store lone surrogates, NUL, or an index of long texts. */
const KEY = /^[^\0\p{Surrogate}]{1,500}$/u;

/** Throws unless a value can be the key of a lock. */
export function checkLockKey(action: string, key: unknown): void {
  if (typeof key === "string" && KEY.test(key)) return;
  const expected =
    "its key must be a non-empty string of at most 500 characters, well-formed and without NUL";
  throw wrong(action, expected, key);
}
