// A worker that hashes, and dies of "boom".
self.onmessage = async ({ data: { id, text } }) => {
  if (text === "boom") throw new Error("boom in the worker");
  const bytes = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = [...digest].map((byte) => byte.toString(16).padStart(2, "0"));
  self.postMessage({ id, hash: hash.join("").slice(0, 8) });
};
