import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import process from "node:process";
import { RunningChild } from "./running_child.ts";

const RUNS = "runs as process …";

/** A script that starts another one, and goes on once that is away. */
function away(script: string, rest: string): string {
  return `trap '${rest}' USR1; setsid sh -c "kill -USR1 $$; ${script}" & wait`;
}

async function linesOf(script: string): Promise<string[]> {
  const child = new RunningChild(script);
  await child.errors;
  return child.lines;
}

describe("the output of childProcess()", () => {
  it("comes by lines, from which of both it was", async () => {
    assertEquals(await linesOf("echo one; printf '\\nthree\\r\\nfour'"), [
      "one",
      "",
      "three",
      "four",
    ]);
    assertEquals(await linesOf("echo one >&2; printf two >&2"), [
      "2>one",
      "2>two",
    ]);
  });

  it("has a line for each state of a progress bar", async () => {
    assertEquals(await linesOf("printf '1 %%\\r2 %%\\r\\n3 %%\\r'"), [
      "1 %",
      "2 %",
      "3 %",
    ]);
  });

  it("is whole where it comes in pieces", async () => {
    const pause = "sleep 0.05;";
    assertEquals(
      await linesOf(
        `printf 'o'; ${pause} printf 'ne\\r'; ${pause} printf '\\ntw\\303'; ${pause} printf '\\266\\r'; ${pause} echo three`,
      ),
      ["one", "twö", "three"],
    );
  });

  it("is all there when the child has ended", async () => {
    const lines = await linesOf("seq 1 150000");
    assertEquals(lines.length, 150_000);
    assertEquals(lines.every((line, at) => line === `${at + 1}`), true);
    const [line = "", ...others] = await linesOf(
      "head -c 3000000 /dev/zero | tr '\\0' x",
    );
    assertEquals([line.length, others], [3_000_000, []]);
  });

  it("is all there although somebody else holds it open", async () => {
    const child = new RunningChild(
      away("exec sleep 60", "echo $!; seq 1 9999; exit 3"),
    );
    const [error] = await child.errors;
    const [pid, ...lines] = child.lines;
    process.kill(Number(pid), "SIGKILL");
    assertMatch(error!.message, /exit code 3; .+\\n9999$/);
    assertEquals(lines.length, 9_999);
    assertEquals(child.notes, [
      RUNS,
      "its output is held open by a process that it has started",
    ]);
  });

  it("ends although somebody else goes on with it", async () => {
    const child = new RunningChild(
      away("while echo more; do :; done", "exit 3"),
      { onLine: () => {} },
    );
    const [error] = await child.errors;
    assertEquals(Object(error?.cause).exitCode, 3);
    assertEquals(child.notes, [
      RUNS,
      "its output is held open by a process that it has started",
    ]);
  });

  it("is read whatever 'onLine' throws, which is noted once", async () => {
    for (const fail of [failing, async () => await failing()]) {
      const child = new RunningChild("seq 1 5; exit 3", { onLine: fail });
      const [error] = await child.errors;
      assertMatch(error!.message, /lines are:\\n1\\n2\\n3\\n4\\n5$/);
      assertEquals(child.notes, [RUNS, "'onLine' has failed: broken"]);
    }
  });

  it("may be taken by a promise that resolves", async () => {
    const child = new RunningChild("echo 1", {
      onLine: () => Promise.resolve(),
    });
    await child.errors;
    assertEquals(child.notes, [RUNS]);
  });
});

function failing(): never {
  throw new Error("broken");
}
