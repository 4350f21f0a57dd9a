// Has children start and stop, fail and refuse, and their parents end in every
// way, on Deno, Node 20, the newest Node and Bun; and counts, as the system does,
// who is left. Bounded in time; --all has 600 children in place of 300. With names of
// runtimes, runs on these only. Needs Linux.
import { Results } from "../debian/results.ts";
import { type Parent, parentsIn } from "./parents.ts";
import { crowdOf, failing, spinning } from "./trials.ts";
import { shownWays, tryWays } from "./ways_to_end.ts";

const isAll = Deno.args.includes("--all");
const chosen = Deno.args.filter((argument) => !argument.startsWith("--"));
const isChosen = ({ name }: Parent) =>
  chosen.length === 0 || chosen.includes(name);

const results = new Results();
const folder = await Deno.makeTempDir({ prefix: "goasync-" });
try {
  const parents = (await parentsIn(folder)).filter(isChosen);
  for (const parent of parents) {
    const { name } = parent;
    const count = isAll ? 600 : 300;
    await results.check(
      `${name}: ${count} children, none is left and nothing lost`,
      () => crowdOf(parent, count),
    );
    for (const by of ["grace", "stopTimeout"]) {
      await results.check(
        `${name}: a child in while (true) {} is gone by its ${by}`,
        () => spinning(parent, by),
      );
    }
    await results.check(
      `${name}: a child that nobody catches the errors of`,
      () => failing(parent),
    );
  }
  const rows = await tryWays(parents, results);
  console.log(`\n${shownWays(parents, rows)}`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
console.log(`${results.passed} passed, ${results.failed} failed`);
if (results.failed > 0) Deno.exitCode = 1;
