/** The assertions of @std/assert that the tests call, over chai. */
import { assert as chai } from "chai";

// deno-lint-ignore no-explicit-any
type ErrorClass<E> = abstract new (...args: any[]) => E;

export function assert(value: unknown, message?: string): asserts value {
  chai.isOk(value, message);
}
export function assertEquals<T>(
  actual: T,
  expected: T,
  message?: string,
): void {
  chai.deepEqual(actual, expected, message);
}
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  message?: string,
): asserts actual is T {
  chai.isTrue(
    Object.is(actual, expected),
    message ?? `expected ${String(actual)} to be ${String(expected)}`,
  );
}
export function assertNotStrictEquals(
  actual: unknown,
  expected: unknown,
  message?: string,
): void {
  chai.isFalse(Object.is(actual, expected), message);
}
export function assertStringIncludes(
  actual: string,
  expected: string,
  message?: string,
): void {
  chai.include(actual, expected, message);
}
export function assertMatch(
  actual: string,
  expected: RegExp,
  message?: string,
): void {
  chai.match(actual, expected, message);
}
export function assertInstanceOf<E>(
  actual: unknown,
  type: ErrorClass<E>,
  message?: string,
): asserts actual is E {
  chai.isTrue(
    actual instanceof type,
    message ?? `expected an instance of ${type.name}`,
  );
}
function check<E>(thrown: unknown, type?: ErrorClass<E>, includes?: string): E {
  if (type) assertInstanceOf(thrown, type);
  if (includes !== undefined) {
    assertStringIncludes((thrown as Error).message, includes);
  }
  return thrown as E;
}
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  type?: ErrorClass<E>,
  includes?: string,
): E {
  try {
    fn();
  } catch (thrown) {
    return check(thrown, type, includes);
  }
  throw new Error("expected the function to throw");
}
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  type?: ErrorClass<E>,
  includes?: string,
): Promise<E> {
  try {
    await fn();
  } catch (thrown) {
    return check(thrown, type, includes);
  }
  throw new Error("expected the promise to reject");
}
