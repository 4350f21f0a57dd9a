import { runInNewContext } from "node:vm";

/** What every runtime has besides what the language has. */
const EVERYWHERE = [
  "AbortController",
  "AbortSignal",
  "DOMException",
  "Event",
  "EventTarget",
  "clearInterval",
  "clearTimeout",
  "console",
  "performance",
  "setInterval",
  "setTimeout",
];

/** Takes away every global that some runtime lacks. */
export function bare(): void {
  const language = runInNewContext("Object.getOwnPropertyNames(globalThis)");
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (EVERYWHERE.includes(name) || language.includes(name)) continue;
    Reflect.deleteProperty(globalThis, name);
  }
}
