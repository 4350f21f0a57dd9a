// Counts the tests in the JUnit report of a Deno run. A test that holds steps
// is a group, and only its steps count.

/** How many tests passed, and how many did not. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export function countTests(report: string): Counts {
  let passed = 0;
  let failed = 0;
  for (
    const [, suite = ""] of report.matchAll(/<testsuite (.*?)<\/testsuite>/gs)
  ) {
    const cases = [
      ...suite.matchAll(/<testcase name="(.*?)".*?>(.*?)<\/testcase>/gs),
    ];
    const names = cases.map(([, name = ""]) => name);
    for (const [, name = "", content = ""] of cases) {
      if (names.some((other) => other.startsWith(`${name} &gt; `))) continue;
      if (content.trim() === "") passed++;
      else failed++;
    }
  }
  return { passed, failed };
}

if (import.meta.main) {
  const report = await Deno.readTextFile(Deno.args[0]!);
  const { passed, failed } = countTests(report);
  console.log(`${passed} passed, ${failed} failed`);
}
