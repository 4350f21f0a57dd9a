/** Has a page run a program as soon as it is loaded. */
export default (run: () => Promise<unknown>): void => {
  Object.assign(globalThis, { result: run() });
};
