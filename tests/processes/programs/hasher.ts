/// <reference lib="webworker" />
// A worker that hashes; what it is to say "boom" of makes it die.
declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data: { id, text } }) => {
  if (text === "boom") setTimeout(() => fail());
  const bytes = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  const hash = [...new Uint8Array(bytes)]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");
  self.postMessage({ id, hash: hash.slice(0, 8) });
};

function fail(): never {
  throw new Error("boom in the worker");
}
