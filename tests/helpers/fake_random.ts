/** Puts a function in the place of `Math.random`, until disposed. */
export function fakeRandom(random: () => number): Disposable {
  const real = Math.random;
  Math.random = random;
  return { [Symbol.dispose]: () => void (Math.random = real) };
}
