import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Program } from "../tools/debian/program.ts";

const root = new URL("../../", import.meta.url).pathname;

/** Starts a recipe, and waits until it listens. */
async function recipe(name: string, env: Record<string, string> = {}) {
  const program = new Program(
    Deno.execPath(),
    [
      ...["run", "-A", "--quiet", "--unstable-kv", "--lock=deno.lock"],
      ...["--frozen", "--import-map=tests/std/import_map.json"],
      `examples/recipes/${name}.ts`,
    ],
    { PORT: "0", ...env },
    root,
  );
  await program.printed(/listening at http:\S+\n/);
  const url = program.text.match(/listening at (\S+)/)?.[1] ?? "";
  return { program, url };
}

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}

describe("the recipe of Express", () => {
  it("answers, says that it is not ready when it is told, and ends", async () => {
    const { program, url } = await recipe("express", { CLOSE_DELAY: "1000" });
    assertEquals(await text(`${url}/hello`), "200 Hello");
    const ready = '200 {"ok":true,"state":"executing","checks":{}}';
    assertEquals(await text(`${url}/readyz`), ready);
    program.kill("SIGTERM");
    let answer = ready;
    while (answer === ready) answer = await text(`${url}/readyz`);
    assertEquals(answer, '503 {"ok":false,"state":"draining","checks":{}}');
    assertEquals(await text(`${url}/hello`), "200 Hello");
    const { code } = await program.ended;
    assertEquals(code, 0);
  });
});

describe("the recipe of Deno KV's queue", () => {
  it("loses no message that it took, or that came too late", async () => {
    const folder = await Deno.makeTempDir();
    const env = { KV_PATH: `${folder}/orders.kv` };
    const first = await recipe("deno_kv_queue", env);
    const ids: number[] = [];
    for (let order = 0; order < 20; order++) {
      const response = await fetch(`${first.url}/orders`);
      ids.push((await response.json()).id);
    }
    first.program.kill("SIGTERM");
    const { code, text: printed } = await first.program.ended;
    assertEquals(code, 0, printed);

    const second = await recipe("deno_kv_queue", env);
    const undone = new Set(ids);
    const start = performance.now();
    while (undone.size > 0 && performance.now() - start < 60_000) {
      for (const id of undone) {
        const answer = await text(`${second.url}/${id}`);
        if (answer === '200 {"done":true}') undone.delete(id);
      }
    }
    assertEquals([...undone], []);
    second.program.kill("SIGTERM");
    const ended = await second.program.ended;
    assert(ended.code === 0, ended.text);
    await Deno.remove(folder, { recursive: true });
  });
});
