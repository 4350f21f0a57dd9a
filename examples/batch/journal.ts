import { type FileHandle, open, readFile } from "node:fs/promises";
import type { Task } from "@goasync/core";

/** A file that says what is done, a line each, however often it is opened. */
export class Journal implements Task {
  readonly #path: string;
  readonly #done = new Set<string>();
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** How much is done. */
  get size(): number {
    return this.#done.size;
  }

  has(name: string): boolean {
    return this.#done.has(name);
  }

  /** Writes down that something is done. */
  async add(name: string): Promise<void> {
    await this.#file?.appendFile(`${name}\n`);
    this.#done.add(name);
  }

  async initialize(): Promise<void> {
    this.#file = await open(this.#path, "a");
    const text = await readFile(this.#path, "utf8");
    for (const name of text.split("\n").slice(0, -1)) this.#done.add(name);
  }

  async cleanup(): Promise<void> {
    await this.#file?.close();
  }
}
