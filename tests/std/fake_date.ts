/**
 * A `Date` that has another time. All else is that of the real one, which is
 * what an assignment to it changes, too.
 */
export function fakeDate(now: () => number): typeof Date {
  return new Proxy(Date, {
    apply: (Real) => String(new Real(now())),
    construct: (Real, args) =>
      Reflect.construct(Real, args.length === 0 ? [now()] : args),
    get: (Real, key) => key === "now" ? now : Reflect.get(Real, key),
  });
}
