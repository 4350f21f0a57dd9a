/** What the tests call of @std/testing/bdd, where there is no test runner. */
import { noteUncaughtErrors } from "./uncaught_errors.ts";

type Hook = () => void | Promise<void>;

interface Suite {
  readonly name: string;
  readonly outer: Suite | undefined;
  readonly beforeEach: Hook[];
  readonly afterEach: Hook[];
}

interface Test {
  readonly name: string;
  readonly suite: Suite | undefined;
  readonly fn: Hook;
}

/** What came of the tests. */
export interface TestResults {
  readonly passed: number;
  /** For each test that failed, and each error that no test has caught, why. */
  readonly failures: readonly string[];
}

const LONGEST_TEST = 30_000;

// As they are now, since tests fake them.
const { setTimeout, clearTimeout } = globalThis;
const { debug } = console;

const tests: Test[] = [];
let current: Suite | undefined;

export function describe(name: string, fn: () => void | undefined): void {
  const outer = current;
  current = {
    name: fullName(outer, name),
    outer,
    beforeEach: [],
    afterEach: [],
  };
  try {
    fn();
  } finally {
    current = outer;
  }
}

export function it(name: string, fn: Hook): void {
  tests.push({ name: fullName(current, name), suite: current, fn });
}

export function beforeEach(fn: Hook): void {
  suiteOf("beforeEach").beforeEach.push(fn);
}

export function afterEach(fn: Hook): void {
  suiteOf("afterEach").afterEach.push(fn);
}

/**
 * Runs every test that was described, one after another, and says on the
 * console which one it begins, so that one that hangs all can be told.
 */
export async function runTests(): Promise<TestResults> {
  const failures: string[] = [];
  let passed = 0;
  const uncaught = noteUncaughtErrors();
  for (const { name, suite, fn } of tests) {
    debug(name);
    const errors: unknown[] = [];
    await inTime(withHooks(suite, fn)).catch((error) => errors.push(error));
    errors.push(...uncaught.take());
    if (errors.length === 0) passed++;
    else failures.push(`${name}: ${errors.map(shown).join("\n")}`);
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  for (const error of uncaught.take()) {
    failures.push(`After the last test: ${shown(error)}`);
  }
  uncaught.end();
  return { passed, failures };
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

async function inTime(test: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, LONGEST_TEST, new Error("It does not end"));
  });
  await Promise.race([test, late]).finally(() => clearTimeout(timer));
}

function suiteOf(hook: string): Suite {
  if (current) return current;
  throw new Error(`Cannot call ${hook} outside of describe`);
}

function fullName(suite: Suite | undefined, name: string): string {
  return suite ? `${suite.name} > ${name}` : name;
}

function shown(error: unknown): string {
  return error instanceof Error ? error.stack ?? String(error) : String(error);
}
