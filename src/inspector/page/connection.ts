/// <reference lib="dom" />
import { type Changes, type Data, withChanges } from "../changes.ts";
import type { Story } from "../story.ts";
import { isStory } from "./is_story.ts";
import { type Message, MessageReader } from "./server_sent.ts";

/** How the page is connected with the program. */
export type Connection = "connecting" | "live" | "lost" | "refused";

/** Is told what the program tells. */
export interface Listener {
  /** What there is to show, and how many milliseconds ago that was so. */
  readonly told: (story: Story, age: number) => void;
  readonly connection: (connection: Connection, text: string) => void;
}

/** After how long a connection on which nothing comes is taken for lost. */
const SILENCE = 15_000;

/** How much is shown of what is said, in characters. */
const LONGEST_LINE = 200;

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
          ...withToken(),
          ...this.#lastId && { "last-event-id": this.#lastId },
        },
        cache: "no-store",
        signal: abort.signal,
      });
      if (!response.ok) return await saidBy(response);
      const type = response.headers.get("content-type");
      if (type !== "text/event-stream" || !response.body) {
        return "Something else answers here";
      }
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
    const { age, data: told } = JSON.parse(data);
    this.#lastId = id;
    if (event === "story") this.#story = told;
    else this.#story = withChanges(this.#story, told as Changes);
    if (isStory(this.#story)) this.#listener.told(this.#story, age);
  }
}

/** Asks the program to do something; returns what it says. */
export async function ask(what: string): Promise<string> {
  const response = await fetch(what, {
    method: "POST",
    headers: withToken(),
  });
  return await saidBy(response);
}

/** What an answer says in its first line. */
async function saidBy(response: Response): Promise<string> {
  const [line = ""] = (await response.text()).split("\n");
  return line.slice(0, LONGEST_LINE);
}

function withToken(): Record<string, string> {
  return { authorization: `Bearer ${location.hash.slice(1)}` };
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
