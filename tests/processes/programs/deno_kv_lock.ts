// Takes a lock in a Deno KV whose file is locked by another connection.
import { denoKvLock } from "@goasync/core/tasks/lease";
import { DatabaseSync } from "node:sqlite";

const folder = await Deno.makeTempDir();
const kv = await Deno.openKv(`${folder}/it.db`);
await kv.set(["any"], 1); // It is open, and has its tables.
const other = new DatabaseSync(`${folder}/it.db`);
const atomic = kv.atomic.bind(kv);
kv.atomic = () => {
  const operation = atomic();
  const commit = operation.commit.bind(operation);
  operation.commit = async () => {
    try {
      return await commit();
    } catch (error) {
      console.log(`rejects: ${Object(error).message}`);
      other.exec("COMMIT");
      throw error;
    }
  };
  return operation;
};
other.exec("BEGIN IMMEDIATE");
const lock = denoKvLock(kv, "it");
const token = await lock.acquire(1_000, new AbortController().signal);
console.log(`token ${token}`);
kv.close();
other.close();
await Deno.remove(folder, { recursive: true });
