import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";

// What the suite relies on must hold for the original and for its stand-in.

/** Asserts that an assertion fails, and says what it is told to. */
function assertFails(assertion: (msg: string) => unknown): void {
  const error = assertThrows(() => assertion("what it is about"), Error);
  assertSays(error);
}

async function assertFailsLater(
  assertion: (msg: string) => Promise<unknown>,
): Promise<void> {
  const failing = () => assertion("what it is about");
  assertSays(await assertRejects(failing, Error));
}

function assertSays({ name, message }: Error): void {
  assertStrictEquals(name, "AssertionError");
  assertStringIncludes(message, "what it is about");
}

class Point {
  x: number;
  constructor(x: number) {
    this.x = x;
  }
}

class OtherPoint {
  x: number;
  constructor(x: number) {
    this.x = x;
  }
}

class Hidden {
  readonly #value: unknown;
  constructor(value: unknown) {
    this.#value = value;
  }
  get value(): unknown {
    return this.#value;
  }
}

function cycle(value: unknown): unknown {
  const items = { value, self: {} };
  items.self = items;
  return items;
}

const key = Symbol("key");
const error = new Error("one");
const same = () => {};

const EQUAL:
  readonly (readonly [what: string, left: unknown, right: unknown])[] = [
    ["numbers", 1, 1],
    ["zeros", 0, -0],
    ["what is no number", NaN, NaN],
    ["arrays", [1, ["two", null]], [1, ["two", null]]],
    ["objects, whatever order they have", { a: 1, b: 2 }, { b: 2, a: 1 }],
    ["frozen objects", Object.freeze({ a: 1 }), { a: 1 }],
    ["one without a prototype", Object.create(null), {}],
    ["instances of a class", new Point(1), new Point(1)],
    ["instances that show the same", new Hidden([1]), new Hidden([1])],
    ["sets", new Set([1, [2]]), new Set([[2], 1])],
    ["maps", new Map([["a", [1]]]), new Map([["a", [1]]])],
    ["dates", new Date(5), new Date(5)],
    ["patterns", /a/i, /a/i],
    ["addresses", new URL("http://a/b"), new URL("http://a/b")],
    ["the same error", [error], [error]],
    ["the same function", { same }, { same }],
    ["cycles", cycle(1), cycle(1)],
  ];

const UNEQUAL: typeof EQUAL = [
  ["a number and its string", 1, "1"],
  ["null and undefined", null, undefined],
  ["null and an object", null, {}],
  ["arrays of which one goes on", [1], [1, 2]],
  ["arrays in another order", [1, 2], [2, 1]],
  ["a hole and undefined", Array(1), [undefined]],
  ["an array and an object", [], {}],
  ["an undefined property and none", { a: undefined }, {}],
  ["an undefined property and another", { a: undefined }, { b: undefined }],
  ["what differs far inside", [{ a: [1] }], [{ a: [2] }]],
  ["symbols as keys", { [key]: 1 }, { [key]: 2 }],
  ["an instance and an object", new Point(1), { x: 1 }],
  ["instances of two classes", new Point(1), new OtherPoint(1)],
  ["instances that show something else", new Hidden(1), new Hidden(2)],
  ["sets", new Set([1]), new Set([2])],
  ["maps", new Map([["a", 1]]), new Map([["a", 2]])],
  ["dates", new Date(5), new Date(6)],
  ["patterns", /a/, /a/i],
  ["addresses", new URL("http://a/b"), new URL("http://a/c")],
  ["errors with the same message", new Error("a"), new Error("a")],
  ["errors with other messages", new Error("a"), new Error("b")],
  ["functions", () => {}, () => {}],
  ["cycles", cycle(1), cycle(2)],
];

describe("assertEquals", () => {
  for (const [what, left, right] of EQUAL) {
    it(`takes for equal: ${what}`, () => {
      assertEquals(left, right);
      assertEquals(right, left);
    });
  }

  for (const [what, left, right] of UNEQUAL) {
    it(`tells apart: ${what}`, () => {
      assertFails((msg) => assertEquals(left, right, msg));
      assertFails((msg) => assertEquals(right, left, msg));
    });
  }

  it("does not compare what it cannot look into", () => {
    assertThrows(() => assertEquals(new WeakMap(), new WeakMap()), TypeError);
    assertThrows(() => assertEquals(new WeakSet(), new WeakSet()), TypeError);
  });
});

describe("assertStrictEquals and assertNotStrictEquals", () => {
  it("tell what is the very same", () => {
    assertStrictEquals(NaN, NaN);
    assertFails((msg) => assertStrictEquals(0, -0, msg));
    assertFails((msg) => assertStrictEquals<unknown>([], [], msg));
    assertNotStrictEquals([], []);
    assertNotStrictEquals(0, -0);
    assertFails((msg) => assertNotStrictEquals(NaN, NaN, msg));
  });
});

describe("assert, assertInstanceOf, assertMatch, assertStringIncludes", () => {
  it("pass or fail", () => {
    assert("truthy");
    for (const falsy of [false, 0, "", null, undefined, NaN]) {
      assertFails((msg) => assert(falsy, msg));
    }
    assertInstanceOf(new RangeError(), Error);
    for (const other of [new Error(), null, undefined, "RangeError"]) {
      assertFails((msg) => assertInstanceOf(other, RangeError, msg));
    }
    assertMatch("text", /^t.xt$/);
    assertFails((msg) => assertMatch("text", /^ext/, msg));
    assertStringIncludes("text", "ex");
    assertFails((msg) => assertStringIncludes("text", "EX", msg));
  });
});

function throwing(thrown: unknown): () => never {
  return () => {
    throw thrown;
  };
}

describe("assertThrows", () => {
  it("returns what was thrown", () => {
    const error = new RangeError("It is too much");
    assertStrictEquals(assertThrows(throwing(error)), error);
    assertStrictEquals(assertThrows(throwing(error), Error), error);
    assertStrictEquals(
      assertThrows(throwing(error), RangeError, "too much"),
      error,
    );
    assertStrictEquals(assertThrows(throwing("no error")), "no error");
  });

  it("fails without an error, with another, and with none that is one", () => {
    const error = new RangeError("It is too much");
    assertFails((msg) => assertThrows(() => {}, msg));
    assertFails((msg) => assertThrows(() => {}, Error, "", msg));
    assertFails((msg) => assertThrows(throwing(error), TypeError, "", msg));
    assertFails((msg) => assertThrows(throwing(error), Error, "little", msg));
    assertFails((msg) => assertThrows(throwing("no error"), Error, "", msg));
  });

  it("does not wait", () => {
    const promise = Promise.reject(new Error("It is too late"));
    assertFails((msg) => assertThrows(() => promise, msg));
    promise.catch(() => {});
  });
});

describe("assertRejects", () => {
  it("resolves to what was rejected with", async () => {
    const error = new DOMException("It is over", "AbortError");
    const rejecting = () => Promise.reject(error);
    assertStrictEquals(await assertRejects(rejecting), error);
    assertStrictEquals(await assertRejects(rejecting, DOMException), error);
    assertStrictEquals(await assertRejects(rejecting, Error, "over"), error);
  });

  it("fails without an error, with another, and with none that is one", async () => {
    const rejecting = (reason: unknown) => () => Promise.reject(reason);
    const error = new Error("It is over");
    await assertFailsLater((msg) => assertRejects(async () => {}, msg));
    await assertFailsLater((msg) =>
      assertRejects(rejecting(error), TypeError, "", msg)
    );
    await assertFailsLater((msg) =>
      assertRejects(rejecting(error), Error, "begun", msg)
    );
    await assertFailsLater((msg) =>
      assertRejects(rejecting("no error"), Error, "", msg)
    );
  });

  it("fails if the function throws, or returns no promise", async () => {
    const error = new Error("It is too early");
    await assertFailsLater((msg) => assertRejects(throwing(error), msg));
    const returning = (() => "no promise") as unknown as () => Promise<void>;
    await assertFailsLater((msg) => assertRejects(returning, msg));
  });
});
