import { wrong } from "../src/arguments.ts";

/** No database can store lone surrogates, NUL, and long texts in an index. */
const KEY = /^[^\0\p{Surrogate}]{1,500}$/u;

/** Throws unless a value can be the key of a lock. */
export function checkLockKey(action: string, key: unknown): void {
  if (typeof key === "string" && KEY.test(key)) return;
  throw wrong(action, "its key must be a string of 1 to 500 characters", key);
}
