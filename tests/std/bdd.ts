/** What the tests call of @std/testing/bdd, over Deno's test runner. */

type Hook = () => void | Promise<void>;

interface Suite {
  readonly outer: Suite | undefined;
  readonly steps: Deno.TestStepDefinition[];
  readonly beforeEach: Hook[];
  readonly afterEach: Hook[];
}

let current: Suite | undefined;

export function describe(name: string, fn: () => void | undefined): void {
  const suite: Suite = {
    outer: current,
    steps: [],
    beforeEach: [],
    afterEach: [],
  };
  current = suite;
  try {
    fn();
  } finally {
    current = suite.outer;
  }
  register(name, async (t) => {
    for (const step of suite.steps) await t.step(step);
  });
}

export function it(name: string, fn: () => void | Promise<void>): void {
  const suite = current;
  register(name, () => withHooks(suite, fn));
}

export function beforeEach(fn: Hook): void {
  suiteOf("beforeEach").beforeEach.push(fn);
}

export function afterEach(fn: Hook): void {
  suiteOf("afterEach").afterEach.push(fn);
}

function register(
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  if (current) current.steps.push({ name, fn });
  else Deno.test(name, fn);
}

function suiteOf(hook: string): Suite {
  if (current) return current;
  throw new Error(`Cannot call ${hook} outside of describe`);
}

async function withHooks(suite: Suite | undefined, fn: Hook): Promise<void> {
  if (!suite) return await fn();
  await withHooks(suite.outer, async () => {
    for (const hook of suite.beforeEach) await hook();
    try {
      await fn();
    } finally {
      for (const hook of suite.afterEach) await hook();
    }
  });
}
