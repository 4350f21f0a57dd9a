/** A server-sent event, as it is sent. */
export function serverSent(
  id: string,
  event: string,
  data: unknown,
): Uint8Array<ArrayBuffer> {
  // JSON has no line breaks, which would end it.
  const text = `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  return new TextEncoder().encode(text);
}

/** What is sent to say nothing but that the connection is alive. */
export function alive(): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(":\n\n");
}
