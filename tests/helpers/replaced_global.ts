/**
 * Puts something into the place of a global until it is disposed of.
 *
 * FakeTime sets all that it fakes anew whenever it waits, which would undo a
 * mere assignment. So the global is replaced whenever it is what it was at
 * first, and is what FakeTime made of it while real time goes on.
 */
export function replaceGlobal(
  name: "Date" | "setTimeout" | "clearTimeout",
  replacement: unknown,
): Disposable {
  const original: unknown = globalThis[name];
  let assigned = original;
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get: () => assigned === original ? replacement : assigned,
    set: (value) => assigned = value,
  });
  return {
    [Symbol.dispose]() {
      Object.defineProperty(globalThis, name, {
        configurable: true,
        writable: true,
        value: assigned,
      });
    },
  };
}
