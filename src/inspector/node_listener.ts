import type { Asked } from "./admission.ts";
import type { Answer } from "./answer.ts";

/** What an inspector needs of a request of `node:http`. */
export interface InspectorNodeRequest {
  /** The path, and the query if there is one. */
  readonly url?: string | undefined;
  /** The method. */
  readonly method?: string | undefined;
  /** The headers, by their names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What an inspector needs of a response of `node:http`. */
export interface InspectorNodeResponse {
  /** Whether the connection is closed. */
  readonly destroyed?: boolean | undefined;
  /** Begins the answer. */
  writeHead(status: number, headers: Record<string, string>): unknown;
  /** Sends a part of it; returns false if that has to wait. */
  write(chunk: Uint8Array): unknown;
  /** Ends the answer with a text. */
  end(body: string): unknown;
  /** Calls back when more can be sent, or when the connection is closed. */
  on(event: "drain" | "close", listener: () => void): unknown;
}

/** Answers requests of `node:http`. */
export function nodeListener(
  answerTo: (asked: Asked) => Answer,
): (request: InspectorNodeRequest, response: InspectorNodeResponse) => void {
  return ({ url = "/", method = "GET", headers }, response) => {
    const header = (name: string) => {
      const value = headers[name];
      return value === undefined ? null : `${value}`; // Several, with commas.
    };
    // As HTTP/2 calls it, and as HTTP/1 does.
    const host = header(":authority") ?? header("host") ?? "";
    const { status, headers: more, body } = answerTo(
      { method, target: url, host, header },
    );
    response.writeHead(status, { ...more });
    if (method === "HEAD") response.end("");
    else if (typeof body === "string") response.end(body);
    else void sendAll(body, response);
  };
}

/** Sends a stream as fast as it is taken, until either ends. */
async function sendAll(
  stream: ReadableStream<Uint8Array>,
  response: InspectorNodeResponse,
): Promise<void> {
  const reader = stream.getReader();
  if (response.destroyed) return await reader.cancel();
  let goOn = () => {};
  response.on("drain", () => goOn());
  response.on("close", () => {
    void reader.cancel();
    goOn();
  });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (response.write(value) !== false) continue;
    await new Promise<void>((resolve) => goOn = resolve);
  }
  response.end("");
}
