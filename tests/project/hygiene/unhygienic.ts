// Does while it is loaded what no module may do.
clearTimeout(setTimeout(() => {}, 0));
clearInterval(setInterval(() => {}, 1_000));
new AbortController().signal.addEventListener("abort", () => {});

/** The calls that this file makes. */
export const calls: readonly string[] = [
  "setTimeout",
  "setInterval",
  "AbortController",
  "addEventListener",
];
