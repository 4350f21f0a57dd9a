/**
 * Whether two values are equal to `assertEquals` of @std/assert: they have the
 * same prototype and the same in them. Of what no test compares it knows
 * nothing, and says so.
 */
export function isEqual(left: unknown, right: unknown): boolean {
  return areEqual(left, right, new Map());
}

type Seen = Map<object, object>;

function areEqual(left: unknown, right: unknown, seen: Seen): boolean {
  if (left === right || Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right)) return false;
  if (left instanceof Date && right instanceof Date) {
    return Object.is(left.getTime(), right.getTime());
  }
  if (prototypeOf(left) !== prototypeOf(right)) return false;
  // A cycle that is the same on both sides.
  if (seen.get(left) === right) return true;
  seen.set(left, right);
  if (isShownWhole(left)) return String(left) === String(right);
  if (left instanceof Map || left instanceof Set) {
    return haveSameEntries(left, right as typeof left, seen);
  }
  if (isOpaque(left)) {
    throw new TypeError(
      `Cannot compare ${Object.prototype.toString.call(left)} here`,
    );
  }
  return haveSameProperties(left, right, seen);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** An object without a prototype is as good as a plain one. */
function prototypeOf(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

function isShownWhole(value: object): boolean {
  return value instanceof RegExp || value instanceof URL ||
    value instanceof URLSearchParams;
}

function isOpaque(value: object): boolean {
  return ArrayBuffer.isView(value) || value instanceof ArrayBuffer ||
    value instanceof WeakMap || value instanceof WeakSet ||
    value instanceof WeakRef;
}

type Collection = Map<unknown, unknown> | Set<unknown>;

/** In any order. */
function haveSameEntries(
  left: Collection,
  right: Collection,
  seen: Seen,
): boolean {
  if (left.size !== right.size) return false;
  const others = [...right.entries()];
  return [...left.entries()].every((entry) => {
    const index = others.findIndex((other) => areEqual(entry, other, seen));
    if (index !== -1) others.splice(index, 1);
    return index !== -1;
  });
}

function haveSameProperties(left: object, right: object, seen: Seen): boolean {
  if (Object.keys(left).length !== Object.keys(right).length) return false;
  const keys = new Set([...keysOf(left), ...keysOf(right)]);
  return [...keys].every((key) =>
    key in left === key in right &&
    areEqual(Reflect.get(left, key), Reflect.get(right, key), seen)
  );
}

/** Of an instance of a class all keys, those that its class gives it, too. */
function keysOf(value: object): PropertyKey[] {
  const isPlain = Array.isArray(value) ||
    prototypeOf(value) === Object.prototype;
  if (isPlain) return Reflect.ownKeys({ ...value });
  const keys: PropertyKey[] = [];
  let from = value;
  while (from && from !== Object.prototype) {
    keys.push(...Reflect.ownKeys(from));
    from = Object.getPrototypeOf(from);
  }
  return keys;
}
