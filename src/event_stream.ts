import type {
  EventBase,
  EventListener,
  ExecuteTaskTally,
  ManagerEvent,
  SubscribeOptions,
} from "./events.ts";
import { isThenable, nothing, whenSettled } from "./promises.ts";

type WithoutBase<Event> = Event extends ManagerEvent
  ? Omit<Event, keyof EventBase>
  : never;

/** An event, but for when and where it happened. */
export type EventData = WithoutBase<ManagerEvent>;

/** Somebody who listens, until that is over. */
interface Subscription {
  readonly hear: EventListener;
  readonly options: SubscribeOptions;
  isOver: boolean;
}

/** The events of a manager, which reach those who listen to it or above it. */
export class EventStream {
  readonly #subscriptions = new Set<Subscription>();
  #above: EventStream | undefined;
  /** The task above whose manager this is the stream of. */
  #name = "";
  #queue: (() => void)[] | undefined;

  /** Calls a listener with every event from now on, until that is ended. */
  subscribe(hear: EventListener, options: SubscribeOptions): () => void {
    const subscription = { hear, options, isOver: false };
    this.#subscriptions.add(subscription);
    return () => {
      subscription.isOver = true;
      this.#subscriptions.delete(subscription);
    };
  }

  /** Is that of a manager within a task of another from now on. */
  join(above: EventStream, name: string): void {
    this.#above = above;
    this.#name = name;
  }

  /** Is that of a manager of its own again. */
  leave(): void {
    this.#above = undefined;
  }

  /** The names that lead here from the outermost manager, and then further. */
  pathTo(...names: string[]): readonly string[] {
    const above = this.#chain.filter((stream) => stream.#above);
    return Object.freeze([
      ...above.map((stream) => stream.#name).reverse(),
      ...names,
    ]);
  }

  /** This one if anybody listens: while nobody does, no event is made. */
  get heard(): EventStream | undefined {
    const isHeard = this.#subscriptions.size > 0 || this.#above?.heard;
    return isHeard ? this : undefined;
  }

  /** Counts an execute task; returns the same if anybody hears each. */
  tally(key: keyof ExecuteTaskTally): EventStream | undefined {
    let isHeard = this.#above?.tally(key) !== undefined;
    for (const { options } of this.#subscriptions) {
      try {
        if (options.tally) options.tally[key]++;
        else isHeard = true;
      } catch {
        // As below: what cannot be counted must not change what is.
      }
    }
    return isHeard ? this : undefined;
  }

  /** Tells the listeners here and above; names lead to whom it happened to. */
  emit(names: readonly string[], ...data: EventData[]): void {
    const chain = this.#chain;
    const subscriptions = chain.flatMap((each) => [...each.#subscriptions]);
    const base = { at: Date.now(), path: this.pathTo(...names) };
    chain.at(-1)!.#enqueue(data.map((each) => () => {
      deliver(Object.freeze({ ...each, ...base }), subscriptions);
    }));
  }

  /** This one, and those above it. */
  get #chain(): EventStream[] {
    const chain: EventStream[] = [];
    let stream: EventStream | undefined = this as EventStream;
    for (; stream; stream = stream.#above) chain.push(stream);
    return chain;
  }

  /** What a listener causes waits until the events before were heard by all. */
  #enqueue(deliveries: readonly (() => void)[]): void {
    if (this.#queue) return void this.#queue.push(...deliveries);
    this.#queue = [...deliveries];
    for (const deliver of this.#queue) deliver();
    this.#queue = undefined;
  }
}

/** Whether an event is of those that are counted. */
function isTallied(event: ManagerEvent): boolean {
  if (!("isExecuteTask" in event)) return false;
  const hasFailed = "error" in event && event.error;
  return event.isExecuteTask && event.stage === "execute" && !hasFailed;
}

/** Tells those who listened when it happened, and still do. */
function deliver(
  event: ManagerEvent,
  subscriptions: readonly Subscription[],
): void {
  for (const subscription of subscriptions) {
    const { isOver, options } = subscription;
    try {
      if (isOver || options.tally && isTallied(event)) continue;
      const returned = subscription.hear(event);
      if (isThenable(returned)) whenSettled(returned, nothing, nothing);
    } catch {
      // A listener that fails must not change what it only listens to.
    }
  }
}
