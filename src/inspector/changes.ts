/** Plain data, as JSON has them. */
export type Data =
  | null
  | boolean
  | number
  | string
  | readonly Data[]
  | { readonly [key: string]: Data };

/** How data differ from what they were. */
export type Changes =
  /** It is another value. */
  | { readonly value: Data }
  /** A list has so many items, and some of them differ. */
  | {
    readonly length: number;
    readonly items: Readonly<Record<string, Changes>>;
  }
  /** Some fields of an object differ, and some are gone. */
  | {
    readonly fields: Readonly<Record<string, Changes>>;
    readonly gone?: readonly string[];
  };

type Fields = Readonly<Record<string, Data>>;

/** How data differ from what they were; nothing if they do not. */
export function changesBetween(
  before: Data | undefined,
  after: Data,
): Changes | undefined {
  if (before === after) return;
  if (isList(before) && isList(after)) return itemsBetween(before, after);
  if (isFields(before) && isFields(after)) return fieldsBetween(before, after);
  return { value: after };
}

/** The data with the changes made, of which nothing else is copied. */
export function withChanges(before: Data | undefined, changes: Changes): Data {
  if ("value" in changes) return changes.value;
  if ("items" in changes) {
    const list = isList(before) ? before.slice(0, changes.length) : [];
    for (const [index, each] of Object.entries(changes.items)) {
      list[Number(index)] = withChanges(list[Number(index)], each);
    }
    return list;
  }
  const fields = new Map(Object.entries(isFields(before) ? before : {}));
  for (const key of changes.gone ?? []) fields.delete(key);
  for (const [key, each] of Object.entries(changes.fields)) {
    fields.set(key, withChanges(fields.get(key), each));
  }
  return Object.fromEntries(fields); // Whatever a key is called.
}

function itemsBetween(
  before: readonly Data[],
  after: readonly Data[],
): Changes | undefined {
  const items: Record<string, Changes> = {};
  let isAny = before.length !== after.length;
  for (const [index, each] of after.entries()) {
    const changes = changesBetween(before[index], each);
    if (!changes) continue;
    items[index] = changes;
    isAny = true;
  }
  return isAny ? { length: after.length, items } : undefined;
}

function fieldsBetween(before: Fields, after: Fields): Changes | undefined {
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const fields: [string, Changes][] = [];
  for (const [key, each] of Object.entries(after)) {
    const was = Object.hasOwn(before, key) ? before[key] : undefined;
    const changes = changesBetween(was, each);
    if (changes) fields.push([key, changes]);
  }
  if (gone.length + fields.length === 0) return;
  const some = { fields: Object.fromEntries(fields) };
  return gone.length > 0 ? { ...some, gone } : some;
}

function isList(data: Data | undefined): data is readonly Data[] {
  return Array.isArray(data);
}

function isFields(data: Data | undefined): data is Fields {
  return typeof data === "object" && data !== null && !isList(data);
}
