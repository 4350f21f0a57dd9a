/** The globals that fake time replaces; no others know anything of it. */
export interface FakedGlobals {
  readonly Date: typeof Date;
  readonly setTimeout: unknown;
  readonly clearTimeout: unknown;
  readonly setInterval: unknown;
  readonly clearInterval: unknown;
}

/** As they were when this was loaded. */
const real: FakedGlobals = {
  Date,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
};
const realTimeout = AbortSignal.timeout;

/** Puts fakes into place. */
export function fakeGlobals(
  fakes: FakedGlobals,
  timeout: typeof AbortSignal.timeout,
): void {
  Object.assign(globalThis, fakes);
  AbortSignal.timeout = timeout;
}

/** Puts the real ones back. */
export function restoreGlobals(): void {
  fakeGlobals(real, realTimeout);
}
