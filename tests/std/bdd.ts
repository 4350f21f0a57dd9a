/** `describe` and `it` of @std/testing/bdd over Deno's test runner. */

type Body = () => void | Promise<void>;
interface Suite {
  readonly steps: { name: string; body: (t: Deno.TestContext) => unknown }[];
  readonly before: Body[];
  readonly after: Body[];
}

let current: Suite | undefined;

export function describe(name: string, body: () => void): void {
  const outer = current;
  const suite: Suite = {
    steps: [],
    before: [...(outer?.before ?? [])],
    after: [...(outer?.after ?? [])],
  };
  current = suite;
  try {
    body();
  } finally {
    current = outer;
  }
  const run = async (t: Deno.TestContext) => {
    for (const step of suite.steps) {
      await t.step(step.name, async (t) => void await step.body(t));
    }
  };
  if (outer) outer.steps.push({ name, body: run });
  else Deno.test(name, run);
}

export function it(name: string, body: Body): void {
  const suite = current;
  if (!suite) return void Deno.test(name, body);
  suite.steps.push({
    name,
    body: async () => {
      for (const before of suite.before) await before();
      try {
        await body();
      } finally {
        for (const after of suite.after) await after();
      }
    },
  });
}

export function beforeEach(body: Body): void {
  current?.before.push(body);
}

export function afterEach(body: Body): void {
  current?.after.unshift(body);
}
