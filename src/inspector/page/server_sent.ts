/** A server-sent event, as it has arrived. */
export interface Message {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Reads server-sent events out of a stream of text. */
export class MessageReader {
  #rest = "";

  /** Takes in a piece; returns the events that are whole by now. */
  read(piece: string): Message[] {
    const blocks = (this.#rest + piece).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    return blocks.map(messageOf).filter(({ data }) => data !== "");
  }
}

function messageOf(block: string): Message {
  const fields = new Map(
    block.split("\n").map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  return {
    id: fields.get("id") ?? "",
    event: fields.get("event") ?? "",
    data: fields.get("data") ?? "",
  };
}
