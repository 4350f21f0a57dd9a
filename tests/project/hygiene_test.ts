import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { calls } from "./hygiene/unhygienic.ts";
import { sizesOf } from "./hygiene/size.ts";
import { type Ended, runProgram } from "../helpers/run_program.ts";

const root = new URL("../../", import.meta.url);

const DENIED = [
  "--no-prompt",
  "--deny-read",
  "--deny-write",
  "--deny-net",
  "--deny-env",
  "--deny-run",
  "--deny-sys",
  "--deny-ffi",
  "--deny-import",
];

/** At most so many bytes, minified and compressed. */
const BUDGETS: Readonly<Record<string, number>> = {
  "./mod.ts": 10_900,
  "./tasks/repeatable.ts": 1_900,
  "./tasks/repeat_timer.ts": 1_650,
  "./tasks/force_stop.ts": 1_200,
  "./tasks/graceful.ts": 950,
  "./tasks/resource.ts": 1_050,
  "./tasks/supervise.ts": 4_200,
  "./tasks/interruptible.ts": 3_050,
  "./tasks/http_server.ts": 3_100,
  "./tasks/deno_server.ts": 2_800,
  "./tasks/health.ts": 1_850,
  "./tasks/schedule.ts": 2_450,
  "./tasks/for_each.ts": 2_450,
  "./tasks/lease.ts": 7_500,
  "./tasks/child_process.ts": 5_500,
  "./tasks/worker.ts": 5_150,
};

describe("an entry, when it is imported,", () => {
  for (const [key, path] of Object.entries(config.exports)) {
    const name = config.name + key.slice(1);

    it(`starts nothing and needs no permission: ${name}`, async () => {
      const { code, lines, errors } = await runDenied(startedBy(path));
      assertEquals(errors, "");
      assertEquals(lines, ["[]"]);
      assertEquals(code, 0);
    });

    it(`needs no global that a runtime lacks: ${name}`, async () => {
      const { code, errors } = await runDenied(importedBare(path));
      assertEquals(errors, "");
      assertEquals(code, 0);
    });
  }

  it("would be found to start something", async () => {
    const { lines } = await runDenied(
      startedBy("./tests/project/hygiene/unhygienic.ts"),
    );
    assertEquals(lines, [JSON.stringify(calls)]);
  });

  it("would be found to need a permission", async () => {
    const { errors } = await runDenied(
      startedBy("./tests/project/hygiene/reads_environment.ts"),
    );
    assertStringIncludes(errors, "NotCapable");
  });

  it("would be found to need a global", async () => {
    const { errors } = await runDenied(
      importedBare("./tests/project/hygiene/reads_environment.ts"),
    );
    assertStringIncludes(errors, "Deno is not defined");
  });
});

describe("the size of the package", () => {
  it("has a budget for the manager and for each provided task", () => {
    const tasks = Object.values(config.exports).filter((path) =>
      path.startsWith("./tasks/") && path !== "./tasks/mod.ts"
    );
    assertEquals(Object.keys(BUDGETS), ["./mod.ts", ...tasks]);
  });

  it("is within the budgets", async () => {
    const paths = Object.keys(BUDGETS);
    const sizes = await sizesOf(paths, fileURLToPath(root));
    const over = paths.flatMap((path, index) => {
      const [size = 0, budget = 0] = [sizes[index], BUDGETS[path]];
      console.log(`${path}: ${size} bytes of ${budget}`);
      return size > budget ? [`${path}: ${size} bytes of ${budget}`] : [];
    });
    assertEquals(over, []);
  });

  it("is what the README says", () => {
    const { "./mod.ts": manager, ...tasks } = BUDGETS;
    const largest = Math.max(...Object.values(tasks));
    const readme = Deno.readTextFileSync(new URL("README.md", root));
    const stated = readme.replaceAll(/\s+/g, " ").match(/Minified [^.]+\./)
      ?.[0];
    const bytes = (count = 0) => count.toLocaleString("en");
    assertEquals(
      stated,
      `Minified and compressed, the manager takes at most ${
        bytes(manager)
      } bytes, each provided task alone at most ${bytes(largest)}.`,
    );
  });
});

/** The source of a program that prints what a module starts. */
function startedBy(path: string): string {
  return `import { spy } from "${urlOf("./tests/project/hygiene/spies.ts")}";
    const noted = spy();
    await import("${urlOf(path)}");
    console.log(JSON.stringify(noted));`;
}

/** The source of a program that imports a module where few globals are. */
function importedBare(path: string): string {
  return `import { bare } from "${urlOf("./tests/project/hygiene/bare.ts")}";
    bare();
    await import("${urlOf(path)}");`;
}

function urlOf(path: string): string {
  return new URL(path, root).href;
}

/** Runs a program that may do nothing. */
async function runDenied(source: string): Promise<Ended> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, source);
    return await runProgram(
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-lock", ...DENIED, file],
        env: { NO_COLOR: "1" },
        stdout: "piped",
        stderr: "piped",
      }),
    );
  } finally {
    await Deno.remove(file);
  }
}
