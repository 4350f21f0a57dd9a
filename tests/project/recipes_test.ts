import { assert, assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { freePort } from "../tools/debian/ports.ts";
import { Program } from "../tools/debian/program.ts";

const root = new URL("../../", import.meta.url).pathname;

/** In ms: a minute after it starts, Deno KV looks for what a process left. */
const PATIENCE = 150_000;

function start(
  name: string,
  env: Record<string, string>,
  ...args: string[]
): Program {
  return new Program(
    Deno.execPath(),
    [
      ...["run", "-A", "--quiet", "--unstable-kv", "--lock=deno.lock"],
      ...["--frozen", "--import-map=tests/std/import_map.json"],
      `examples/recipes/${name}.ts`,
      ...args,
    ],
    { PORT: "0", ...env },
    root,
    PATIENCE,
  );
}

/** Starts a recipe, and waits until it listens. */
async function recipe(name: string, env: Record<string, string> = {}) {
  const program = start(name, env);
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
    const { program, url } = await recipe("express", { CLOSE_DELAY: "3000" });
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
    while (undone.size > 0 && performance.now() - start < PATIENCE) {
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

describe("the recipe of a Deno service", () => {
  it("has at most 20 lines that are not its own work", async () => {
    const path = `${root}examples/recipes/deno_service.ts`;
    const source = await Deno.readTextFile(path);
    const glue = source.split("// ── glue")
      .slice(1)
      .flatMap((part) => part.split("// ── its own")[0]!.split("\n").slice(1))
      .filter((line) => line.trim() !== "");
    assert(glue.length > 0 && glue.length <= 20, `${glue.length} lines`);
  });

  it("loses no order, though its worker hangs and its child dies", async () => {
    const folder = await Deno.makeTempDir();
    const env = {
      KV_PATH: `${folder}/kv.db`,
      CHILD: `node tests/project/recipes/child.mjs ${folder}/child`,
    };
    const { program, url } = await recipe("deno_service", env);
    const tea = /^200 a9f74d1e[0-9a-f]{56}$/;
    assertMatch(await text(`${url}/ask?text=tea`), tea);
    assertMatch(await text(`${url}/ask?text=spin`), /^200 \w+Error: /);
    let answer = "";
    while (!tea.test(answer)) answer = await text(`${url}/ask?text=tea`);
    for (let order = 0; order < 20; order++) {
      assertMatch(await text(`${url}/orders`), /^201 /);
    }
    // The child is told once it runs for the second time.
    await program.printed(/child runs[^]+child runs/);
    assertEquals(await text(`${url}/readyz`), "200 executing");
    program.kill("SIGTERM");
    const first = await program.ended;
    assertEquals(first.code, 0, first.text);
    assertMatch(first.text, /child is asked/);

    let printed = first.text;
    const start = performance.now();
    while (!printed.includes("done: 20 }")) {
      assert(performance.now() - start < PATIENCE, printed);
      const next = await recipe("deno_service", env);
      for (let asked = 0; asked < 100; asked++) {
        await text(`${next.url}/ask?text=tea`);
      }
      next.program.kill("SIGTERM");
      printed = (await next.program.ended).text;
    }
    await Deno.remove(folder, { recursive: true });
  });
});

describe("the recipe of a pipe through ffmpeg", () => {
  const convert = async (folder: string, input: string) => {
    await Deno.writeTextFile(`${folder}/film.mkv`, input);
    return start(
      "ffmpeg",
      { FFMPEG: `${root}tests/project/recipes/ffmpeg.sh` },
      `${folder}/film.mkv`,
      `${folder}/film.webm`,
    );
  };

  it("ends when all of it is through", async () => {
    const folder = await Deno.makeTempDir();
    const program = await convert(folder, "00:01\n00:02\n");
    const { code, text } = await program.ended;
    assertEquals(code, 0, text);
    assertEquals(text, "converted up to 00:01\nconverted up to 00:02\n");
    assertEquals(
      await Deno.readTextFile(`${folder}/film.webm`),
      "00:01\n00:02\nend\n",
    );
    await Deno.remove(folder, { recursive: true });
  });

  it("says why it has failed", async () => {
    const program = start("ffmpeg", { FFMPEG: "false" }, "README.md", "x");
    const { code, text } = await program.ended;
    assertEquals(code, 1);
    assertMatch(text, /"false" has ended with exit code 1/);
  });
});

describe("the recipe of a dev server as a sidecar", () => {
  it("is one address for both, starts it anew, and leaves none", async () => {
    const port = freePort();
    const { program, url } = await recipe("dev_server", {
      SIDECAR_PORT: `${port}`,
      SIDECAR: `node tests/project/recipes/sidecar.mjs ${port}`,
    });
    assertEquals(await text(`${url}/api/hello`), "200 Hello from the API");
    const first = await text(`${url}/`);
    assertMatch(first, /^200 \d+ \d+$/);
    assertEquals(await text(`${url}/die`), "502 The sidecar is down");
    let second = "502 The sidecar is down";
    while (second.startsWith("502")) second = await text(`${url}/`);
    assertMatch(second, /^200 \d+ \d+$/);
    program.kill("SIGTERM");
    const { code, text: printed } = await program.ended;
    assertEquals(code, 0, printed);
    const pids = [first, second].flatMap((answer) =>
      answer.split(" ").slice(1)
    );
    assertEquals(pids.filter((pid) => isAlive(Number(pid))), []);
  });
});

/** Whether a process lives: it is no more than a name where it has ended. */
function isAlive(pid: number): boolean {
  try {
    return !/ [ZX] /.test(Deno.readTextFileSync(`/proc/${pid}/stat`));
  } catch {
    return false;
  }
}
