import { wrong } from "../src/arguments.ts";

/** Throws unless a value can be the key of a lock. */
export function checkLockKey(action: string, key: unknown): void {
  if (key && typeof key === "string") return;
  throw wrong(action, "its key must be a non-empty string", key);
}
