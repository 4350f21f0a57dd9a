/**
 * A lock that somewhere else keeps for all replicas: one of those that come with
 * this module, or your own. An answer must be true, not probable: where it is in
 * doubt, as the connection was lost, reject. Whoever asks gives each request some
 * time; its signal aborts then, and a token that comes later is given back.
 */
export interface Lock {
  /**
   * Takes the lock, if nobody has it, for that long from when it is taken.
   *
   * @param ttl For how many milliseconds.
   * @param signal Aborts when the answer is not waited for any more.
   * @returns The token, a whole number from 1 up that is greater than each one
   * before it, whoever had that; `undefined` if somebody else has the lock.
   */
  acquire(ttl: number, signal: AbortSignal): Promise<number | undefined>;
  /**
   * Holds the lock for that long from now on, if the token is still that of the
   * holder.
   *
   * @param token What `acquire` has returned.
   * @param ttl For how many milliseconds.
   * @param signal Aborts when the answer is not waited for any more.
   * @returns Whether the token is still that of the holder.
   */
  renew(token: number, ttl: number, signal: AbortSignal): Promise<boolean>;
  /**
   * Gives the lock back, if the token is still that of the holder.
   *
   * @param token What `acquire` has returned.
   * @param signal Aborts when the answer is not waited for any more.
   * @returns A promise that resolves when it is free.
   */
  release(token: number, signal: AbortSignal): Promise<unknown>;
  /**
   * Waits until the lock may be free, so that it is asked for at once. It is
   * asked for now and then besides, so a call that comes late or never costs
   * nothing but time.
   *
   * @param signal Aborts when nobody waits any more.
   * @returns A promise that resolves when the lock was given back after this
   * was called.
   */
  wait?(signal: AbortSignal): Promise<unknown>;
}
