/// <reference lib="dom" />
import { type Changes, type Data, withChanges } from "../changes.ts";
import { type Message, MessageReader } from "./server_sent.ts";

/** How the page is connected with the program. */
export type Connection = "connecting" | "live" | "lost" | "refused";

/** Is told what the program tells. */
export interface Listener {
  /** What there is to show, and when that was so on the clock of the program. */
  readonly told: (story: Data, now: number) => void;
  readonly connection: (connection: Connection, text: string) => void;
}

/** After how long a connection on which nothing comes is taken for lost. */
const SILENCE = 15_000;

/** How long until it is tried again, the first time and at most. */
const [SHORTEST, LONGEST] = [250, 3_000];

/**
 * Listens to the program as an EventSource does, which could send no token: goes
 * on after a reload, a lost connection, and a restart of the program.
 */
export class Live {
  readonly #listener: Listener;
  #story: Data | undefined;
  #lastId = "";
  #delay = SHORTEST;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  async listen(): Promise<never> {
    for (;;) {
      const refused = await this.#connect().catch(() => undefined);
      if (refused) this.#listener.connection("refused", refused);
      else {
        this.#listener.connection(
          "lost",
          this.#story ? "No connection: trying again" : "Nothing answers yet",
        );
      }
      await wait(refused ? LONGEST : this.#delay);
      this.#delay = Math.min(this.#delay * 2, LONGEST);
    }
  }

  /** Listens until the connection is lost; returns why it is refused. */
  async #connect(): Promise<string | undefined> {
    const abort = new AbortController();
    let silence = setTimeout(() => abort.abort(), SILENCE);
    try {
      const response = await fetch("events", {
        headers: {
          authorization: `Bearer ${tokenOf(location.hash)}`,
          ...this.#lastId && { "last-event-id": this.#lastId },
        },
        cache: "no-store",
        signal: abort.signal,
      });
      if (!response.ok || !response.body) return (await response.text()).trim();
      const reader = response.body.pipeThrough(new TextDecoderStream())
        .getReader();
      const messages = new MessageReader();
      this.#listener.connection("live", "Live");
      this.#delay = SHORTEST;
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(() => abort.abort(), SILENCE);
        for (const message of messages.read(value)) this.#take(message);
      }
    } finally {
      clearTimeout(silence);
    }
  }

  #take({ id, event, data }: Message): void {
    const { now, data: told } = JSON.parse(data);
    this.#lastId = id;
    if (event === "story") this.#story = told;
    else this.#story = withChanges(this.#story, told as Changes);
    if (this.#story !== undefined) this.#listener.told(this.#story, now);
  }
}

/** Asks the program to do something; returns what it says. */
export async function ask(what: string): Promise<string> {
  const response = await fetch(what, {
    method: "POST",
    headers: { authorization: `Bearer ${tokenOf(location.hash)}` },
  });
  return (await response.text()).trim();
}

function tokenOf(hash: string): string {
  return decodeURIComponent(hash.slice(1));
}

/** Waits, or until another address is given in the same tab. */
function wait(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("hashchange", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener("hashchange", end);
  });
}
