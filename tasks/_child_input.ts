import type { ChildInput as InputStream } from "./_node_child.ts";

/** What a child reads: at once, or in pieces as it can take them. */
export type ChildInput =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>;

/**
 * Writes all of it, as fast as it is read, unless the child reads no more.
 * Rejects with what the input throws.
 */
export async function feed(
  stream: InputStream,
  input: ChildInput,
): Promise<void> {
  stream.on("error", () => {}); // It reads no more.
  try {
    for await (const piece of piecesOf(input)) {
      if (stream.destroyed) return;
      if (!stream.write(piece)) await drained(stream);
    }
    stream.end();
  } catch (thrown) {
    stream.destroy();
    throw thrown;
  }
}

function piecesOf(
  input: ChildInput,
): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> {
  const isPiece = typeof input === "string" || input instanceof Uint8Array;
  return isPiece ? [input] : input;
}

/** Resolves when a stream takes more, or nothing any more. */
function drained(stream: InputStream): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      stream.off("drain", settle);
      stream.off("close", settle);
      resolve();
    };
    stream.on("drain", settle);
    stream.on("close", settle);
  });
}
