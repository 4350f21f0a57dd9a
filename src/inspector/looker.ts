/** How many messages wait for a looker that is slow. */
const MAX_WAITING = 8;

type Message = Uint8Array<ArrayBuffer>;

/** Somebody who looks: is sent messages as fast as they are taken. */
export class Looker {
  readonly stream: ReadableStream<Message>;
  #controller!: ReadableStreamDefaultController<Message>;
  readonly #whole: () => Message;
  /** Whether messages were left out, so that all has to be told anew. */
  #isBehind = false;

  /**
   * @param whole All that is to be told, for one that is behind.
   * @param left Is called when it looks no longer.
   */
  constructor(whole: () => Message, left: () => void) {
    this.#whole = whole;
    this.stream = new ReadableStream<Message>({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#catchUp(),
      cancel: left,
    }, { highWaterMark: MAX_WAITING });
  }

  send(message: Message): void {
    const { desiredSize } = this.#controller;
    if (desiredSize === null || desiredSize <= 0) this.#isBehind = true;
    if (!this.#isBehind) this.#controller.enqueue(message);
  }

  /** Ends with what it has not been sent yet. */
  end(): void {
    this.#catchUp();
    this.#controller.close();
  }

  #catchUp(): void {
    if (!this.#isBehind) return;
    this.#isBehind = false;
    this.#controller.enqueue(this.#whole());
  }
}
