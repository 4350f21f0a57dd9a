import type { Entry } from "./_entry.ts";

/**
 * The tasks a manager has to tell, in the order added. Adding and removing one
 * costs the same however many there are, and a removed one is forgotten.
 */
export class Roster {
  #places: (Entry | undefined)[] = [];
  #vacant = 0;

  add(entry: Entry): void {
    entry.place = this.#places.push(entry) - 1;
  }

  remove(entry: Entry): void {
    this.#places[entry.place] = undefined;
    if (++this.#vacant * 2 > this.#places.length) this.#closeRanks();
  }

  /** Those who are there now: whoever comes or goes later changes nothing. */
  list(): Entry[] {
    return this.#places.filter((entry) => entry !== undefined);
  }

  #closeRanks(): void {
    this.#places = this.list();
    this.#places.forEach((entry, place) => entry!.place = place);
    this.#vacant = 0;
  }
}
