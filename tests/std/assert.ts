/** The assertions of @std/assert that the tests call, with errors of chai. */
import { AssertionError, config, util } from "npm:chai@6.3.0";
import { isEqual } from "./equal.ts";

// Values in messages are shown whole.
config.truncateThreshold = 0;

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = new (...args: any[]) => E;
// deno-lint-ignore no-explicit-any
type AnyClass = abstract new (...args: any[]) => any;

export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) fail(`Expected a truthy value: got ${show(expr)}`, msg);
}

export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (isEqual(actual, expected)) return;
  failOn(
    `Values are not equal${place(actual, expected)}`,
    actual,
    expected,
    msg,
  );
}

export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (!Object.is(actual, expected)) {
    failOn("Values are not the same", actual, expected, msg);
  }
}

export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (Object.is(actual, expected)) {
    fail(`Expected another value than ${show(expected)}`, msg);
  }
}

export function assertStringIncludes(
  actual: string,
  expected: string,
  msg?: string,
): void {
  if (!actual.includes(expected)) {
    failOn("The string does not include another", actual, expected, msg);
  }
}

export function assertMatch(
  actual: string,
  expected: RegExp,
  msg?: string,
): void {
  if (!expected.test(actual)) {
    failOn("The string does not match the pattern", actual, expected, msg);
  }
}

export function assertInstanceOf<T extends AnyClass>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (!(actual instanceof expectedType)) {
    fail(
      `Expected an instance of ${expectedType.name}: got ${show(actual)}`,
      msg,
    );
  }
}

export function assertThrows(fn: () => unknown, msg?: string): unknown;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  ...expected: ExpectedError
) {
  try {
    fn();
  } catch (thrown) {
    return checkError(thrown, expected);
  }
  fail("Expected the function to throw", messageOf(expected));
}

export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  ...expected: ExpectedError
) {
  let promise: PromiseLike<unknown>;
  try {
    promise = fn();
  } catch (thrown) {
    fail(
      `Expected the promise to reject: the function threw ${show(thrown)}`,
      messageOf(expected),
    );
  }
  try {
    await promise;
  } catch (thrown) {
    return checkError(thrown, expected);
  }
  fail("Expected the promise to reject", messageOf(expected));
}

type ExpectedError = [
  ErrorClassOrMsg?: ErrorClass<Error> | string,
  msgIncludes?: string,
  msg?: string,
];

function checkError(thrown: unknown, expected: ExpectedError) {
  const [ErrorClass, includes = ""] = expected;
  if (typeof ErrorClass === "function") {
    assertInstanceOf(thrown, ErrorClass, messageOf(expected));
    assertStringIncludes(thrown.message, includes, messageOf(expected));
  }
  // deno-lint-ignore no-explicit-any
  return thrown as any;
}

function messageOf([first, , msg]: ExpectedError): string | undefined {
  return typeof first === "string" ? first : msg;
}

/** Where two arrays differ first. */
function place(left: unknown, right: unknown): string {
  if (!Array.isArray(left) || !Array.isArray(right)) return "";
  const index = left.findIndex((value, index) => !isEqual(value, right[index]));
  return `, first at index ${index === -1 ? left.length : index}`;
}

function show(value: unknown): string {
  return value instanceof RegExp ? String(value) : util.inspect(value);
}

function failOn(
  problem: string,
  actual: unknown,
  expected: unknown,
  msg?: string,
): never {
  fail(
    `${problem}:\n    actual: ${show(actual)}\n  expected: ${show(expected)}\n`,
    msg,
  );
}

function fail(problem: string, msg = ""): never {
  throw new AssertionError(msg ? `${msg}: ${problem}` : problem);
}
