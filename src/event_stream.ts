import type { EventBase, EventListener, ManagerEvent } from "./events.ts";
import { follow, isThenable, nothing } from "./promises.ts";

type WithoutBase<Event> = Event extends ManagerEvent
  ? Omit<Event, keyof EventBase>
  : never;

/** An event, but for when and where it happened. */
export type EventData = WithoutBase<ManagerEvent>;

/** The events of a manager, which reach those who listen to it or above it. */
export class EventStream {
  readonly #listeners = new Set<{ readonly hear: EventListener }>();
  #above: { readonly stream: EventStream; readonly name: string } | undefined;
  #queue: (() => void)[] | undefined;

  /** Calls a listener with every event from now on, until that is ended. */
  subscribe(hear: EventListener): () => void {
    const listener = { hear };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Is that of a manager within a task of another from now on. */
  join(stream: EventStream, name: string): void {
    this.#above = { stream, name };
  }

  /** Is that of a manager of its own again. */
  leave(): void {
    this.#above = undefined;
  }

  /** The names that lead here from the outermost manager, and then further. */
  pathTo(...names: string[]): string[] {
    const path = names.reverse();
    for (let above = this.#above; above; above = above.stream.#above) {
      path.push(above.name);
    }
    return path.reverse();
  }

  /** Whether anybody listens: while nobody does, make no event. */
  get isHeard(): boolean {
    let stream: EventStream | undefined = this as EventStream;
    for (; stream; stream = stream.#above?.stream) {
      if (stream.#listeners.size > 0) return true;
    }
    return false;
  }

  /** Tells the listeners here and above; names lead to whom it happened to. */
  emit(names: readonly string[], ...data: EventData[]): void {
    const streams = this.#streams();
    const path = Object.freeze(this.pathTo(...names));
    const at = Date.now();
    const events = data.map((each) => Object.freeze({ ...each, at, path }));
    streams.at(-1)!.#enqueue(events.map((event) => () => {
      for (const stream of streams) stream.#deliver(event);
    }));
  }

  /** This one, and those above it. */
  #streams(): EventStream[] {
    const streams: EventStream[] = [];
    let stream: EventStream | undefined = this as EventStream;
    for (; stream; stream = stream.#above?.stream) streams.push(stream);
    return streams;
  }

  /** What a listener causes waits until the events before were heard by all. */
  #enqueue(deliveries: readonly (() => void)[]): void {
    if (this.#queue) return void this.#queue.push(...deliveries);
    this.#queue = [...deliveries];
    for (const deliver of this.#queue) deliver();
    this.#queue = undefined;
  }

  #deliver(event: ManagerEvent): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue; // It was ended meanwhile.
      try {
        const returned = listener.hear(event);
        if (isThenable(returned)) follow(returned, nothing, nothing);
      } catch {
        // A listener that fails must not change what it only listens to.
      }
    }
  }
}
