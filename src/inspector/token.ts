/** 128 random bits, as a text that an address can hold. */
export function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether an `Authorization` header has the token. */
export function hasToken(header: string | null, token: string): boolean {
  return isSame(codesOf(header ?? ""), codesOf(`Bearer ${token}`));
}

/**
 * Whether two sequences are equal. Looks at all of the expected one, whatever
 * differs, so that the time it takes tells nothing of where that is.
 */
export function isSame(
  given: ArrayLike<number>,
  expected: ArrayLike<number>,
): boolean {
  let difference = given.length ^ expected.length;
  for (let index = 0; index < expected.length; index++) {
    difference |= given[index]! ^ expected[index]!;
  }
  return difference === 0;
}

function codesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
