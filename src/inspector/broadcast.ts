import type { ManagerEvent } from "../events.ts";
import type { ObservedManager } from "../manager_types.ts";
import { startIdleTimer } from "../signals/idle_timer.ts";
import { changesBetween, type Data } from "./changes.ts";
import type { Failures } from "./failures.ts";
import { Looker } from "./looker.ts";
import { alive, serverSent } from "./server_sent.ts";
import { type Story, Storyteller } from "./story.ts";
import { randomToken } from "./token.ts";

/** How long at least between two messages, in milliseconds. */
const GAP = 100;

/** How many times as long as a message took to make nothing is made. */
const REST = 9;

/** After how long a connection on which nothing is sent shows that it lives. */
const ALIVE = 5_000;

/** Tells all who look the same, worked out once. */
export class Broadcast {
  readonly #teller: Storyteller;
  readonly #lookers = new Set<Looker>();
  readonly #run = randomToken().slice(0, 8);
  #count = 0;
  /** What was told last, as plain data, and when that was so. */
  #told: Data | undefined;
  #toldAt = 0;
  /** Whether there may be more to tell by now. */
  #isStale = true;
  #nextAt = 0;
  #endWait: (() => void) | undefined;
  #endAlive: (() => void) | undefined;

  constructor(manager: ObservedManager, control: boolean, failures: Failures) {
    this.#teller = new Storyteller(manager, control, failures, (event) => {
      this.#changed();
      if (isEnd(event)) this.#tell(); // The process may be gone in a moment.
    });
  }

  /** What there is to tell now. */
  story(): Story {
    return this.#teller.tell();
  }

  /**
   * Lets somebody look.
   *
   * @param lastId The id of the last message that it was sent, if it was.
   * @returns What it is sent.
   */
  open(lastId: string | null): Looker["stream"] {
    if (this.#lookers.size === 0) this.#begin();
    const looker = new Looker(
      () => this.#whole(),
      () => this.#close(looker),
    );
    this.#tell();
    this.#lookers.add(looker);
    looker.send(lastId === this.#id ? alive() : this.#whole());
    return looker.stream;
  }

  /** Nobody looks any more, and nothing is heard. */
  end(): void {
    for (const looker of this.#lookers) {
      this.#close(looker);
      looker.end();
    }
  }

  get #id(): string {
    return `${this.#run}-${this.#count}`;
  }

  #begin(): void {
    this.#teller.begin();
    this.#showAlive();
  }

  #close(looker: Looker): void {
    this.#lookers.delete(looker);
    if (this.#lookers.size > 0) return;
    this.#teller.end();
    this.#isStale = true;
    this.#endWait?.();
    this.#endWait = undefined;
    this.#endAlive?.();
  }

  #showAlive(): void {
    this.#endAlive = startIdleTimer(ALIVE, () => {
      this.#send(alive());
      this.#showAlive();
    });
  }

  /** Something has happened, which is told soon with what else does. */
  #changed(): void {
    this.#isStale = true;
    if (this.#endWait) return;
    const wait = Math.max(1, this.#nextAt - performance.now());
    this.#endWait = startIdleTimer(wait, () => this.#tell());
  }

  /** Tells what there is to tell now that was not told. */
  #tell(): void {
    this.#endWait?.();
    this.#endWait = undefined;
    if (!this.#isStale) return;
    const start = performance.now();
    try {
      this.#tellOf(JSON.parse(JSON.stringify(this.story())), start);
    } catch {
      // It is more than a text can hold: the program goes on all the same.
    }
    const end = performance.now();
    this.#nextAt = end + Math.max(GAP, (end - start) * REST);
  }

  #tellOf(now: Data, at: number): void {
    const changes = changesBetween(this.#told, now);
    this.#told = now;
    this.#toldAt = at;
    this.#isStale = false;
    this.#count++;
    if (this.#lookers.size > 0) this.#send(this.#message("changes", changes));
  }

  #send(message: Uint8Array<ArrayBuffer>): void {
    for (const looker of this.#lookers) looker.send(message);
  }

  #whole(): Uint8Array<ArrayBuffer> {
    return this.#message("story", this.#told);
  }

  #message(event: string, data: unknown): Uint8Array<ArrayBuffer> {
    // No time of day: clocks are set, and that of who looks is another one.
    const age = performance.now() - this.#toldAt;
    return serverSent(this.#id, event, { age, data });
  }
}

/** Whether the run of the outermost manager is over. */
function isEnd(event: ManagerEvent): boolean {
  return event.type === "state" && event.path.length === 0 &&
    event.state === "finished";
}
