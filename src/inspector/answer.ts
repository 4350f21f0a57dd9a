/** An answer, whatever server sends it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** What holds for every answer: nothing is kept, framed, guessed or passed on. */
const HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** An answer with the headers that every answer has. */
export function answer(
  status: number,
  type: string,
  body: Answer["body"],
  more: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { ...HEADERS, "content-type": type, ...more },
    body,
  };
}

/** An answer that says one thing. */
export function say(
  status: number,
  text: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  return answer(status, "text/plain; charset=utf-8", `${text}\n`, more);
}
