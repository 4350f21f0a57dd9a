import { onAbort } from "../src/on_abort.ts";
import type { ChildInput as InputStream } from "./_node_child.ts";

/** What a child reads: at once, or in pieces as it can take them. */
export type ChildInput =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>;

/**
 * Writes all of it, as fast as it is read, unless the child reads no more: then
 * a stream is let go of, though it waits for what never comes. Rejects with what
 * the input throws.
 */
export async function feed(
  stream: InputStream,
  input: ChildInput,
): Promise<void> {
  const closed = new AbortController();
  stream.on("error", () => {}); // It reads no more.
  stream.on("close", () => closed.abort());
  try {
    for await (const piece of piecesOf(input, closed.signal)) {
      if (stream.destroyed) return;
      if (!stream.write(piece)) await drained(stream);
    }
    stream.end();
  } catch (thrown) {
    if (closed.signal.aborted) return;
    stream.destroy();
    throw thrown;
  }
}

/** The pieces of an input, which ends, if it is a stream, when a signal aborts. */
function piecesOf(
  input: ChildInput,
  signal: AbortSignal,
): Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array> {
  if (typeof input === "string" || input instanceof Uint8Array) return [input];
  if (input instanceof ReadableStream) {
    return input.pipeThrough(new TransformStream(), { signal });
  }
  onAbort(signal, () => Object(input).destroy?.()); // A stream of Node.
  return input;
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
