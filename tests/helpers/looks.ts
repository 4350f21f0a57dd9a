import type { Inspector } from "@goasync/core/inspector";

/** A server-sent event. */
export interface Told {
  readonly id: string;
  readonly event: string;
  /** How many milliseconds ago it was so. */
  readonly age: number;
  // deno-lint-ignore no-explicit-any -- Tests look into it.
  readonly data: any;
}

/** Asks an inspector, as its page does. */
export function ask(
  { fetch, token }: Inspector,
  path: string,
  { headers = {}, ...init }: RequestInit & {
    readonly headers?: Record<string, string>;
  } = {},
  origin = "http://localhost:9230",
): Promise<Response> {
  return fetch(
    new Request(`${origin}/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...headers },
    }),
  );
}

/** Somebody who looks at an inspector. */
export class Look {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
  }

  static async at(page: Inspector, lastId?: string): Promise<Look> {
    const headers = lastId === undefined ? {} : { "last-event-id": lastId };
    return new Look(await ask(page, "events", { headers }));
  }

  /** The next event; nothing if there are no more, an empty one for a sign of life. */
  async next(): Promise<Told | undefined> {
    while (!this.#text.includes("\n\n")) {
      const { done, value } = await this.#reader.read();
      if (done) return;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
    const end = this.#text.indexOf("\n\n");
    const block = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + 2);
    if (block === ":") return { id: "", event: "", age: 0, data: null };
    const [, id = "", event = "", data = ""] =
      /^id: (.*)\nevent: (.*)\ndata: (.*)$/.exec(block) ?? [];
    return { id, event, ...JSON.parse(data) };
  }

  async leave(): Promise<void> {
    await this.#reader.cancel();
  }
}
