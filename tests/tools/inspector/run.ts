// Looks at programs through the inspector's page in Chromium, while they start,
// run, hang, drain and end; tries what must be refused; makes screenshots, in
// coverage/inspector, and with --update the two of the README; and measures what
// it costs.
import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { chromium, type Page } from "npm:playwright-core@1.65.1";
import axe from "npm:axe-core@4.14.1";
import { root } from "../node/package.ts";
import { findChromium } from "../runtimes/find_chromium.ts";
import { Program } from "../debian/program.ts";
import { Results } from "../debian/results.ts";
import { assertBars } from "./bars.ts";
import { Inspected } from "./inspected.ts";

const SIZES = { wide: [1280, 800], middle: [820, 1000], narrow: [400, 800] };
const SCHEMES = ["light", "dark"] as const;
/** Where the README finds its two, and where nobody else has to. */
const PICTURES = `${root}/tests/tools/inspector/pictures`;
const SCREENSHOTS = `${root}/coverage/inspector`;

const isUpdate = Deno.args.includes("--update");
const texts = Deno.args.filter((argument) => !argument.startsWith("--"));
const results = new Results();
const browser = await chromium.launch({ executablePath: findChromium() });

/** What pages have thrown, and what their policies have forbidden. */
const wrong: string[] = [];

/** Tries something, if its name has one of the texts that were given. */
async function check(what: string, fn: () => Promise<unknown>): Promise<void> {
  const isChosen = texts.length === 0 ||
    texts.some((text) => what.includes(text));
  if (isChosen) await results.check(what, fn);
}

async function open(address: string): Promise<Page> {
  const page = await browser.newPage({ acceptDownloads: true });
  page.setDefaultTimeout(15_000);
  page.on("pageerror", ({ message }) => wrong.push(message));
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol === "http:" && hostname !== "127.0.0.1") {
      wrong.push(`asks ${hostname}`);
    }
  });
  page.on("console", (message) => {
    const text = message.text();
    if (/Content.Security.Policy|Trusted/i.test(text)) wrong.push(text);
  });
  await page.goto(address);
  return page;
}

const state = (page: Page, text: string) =>
  page.locator("#state", { hasText: text }).waitFor();

/** Makes the two pictures of the README. */
async function takePictures(page: Page): Promise<void> {
  await Deno.mkdir(PICTURES, { recursive: true });
  await page.setViewportSize({ width: 1100, height: 640 });
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.screenshot({ path: `${PICTURES}/${colorScheme}.png` });
  }
}

/** The names and states in the tree. */
function rows(page: Page): Promise<string[]> {
  return page.locator(".row").evaluateAll((all) =>
    all.map((row) =>
      [...row.querySelectorAll("b, .state")].map((each) => each.textContent)
        .join(": ")
    )
  );
}

await check(
  "the demo runs, drains and ends, as the report says",
  async () => {
    await using demo = await Inspected.demo("service");
    const page = await open(demo.address);
    await state(page, "executing");
    const { report } = await demo.story();
    const shown = await rows(page);
    assert.deepEqual(
      shown.slice(0, 1 + report.tasks.length).filter((row) =>
        !/: (initial|exec)/.test(row)
      ),
      [],
    );
    assert.deepEqual(
      report.tasks.map(({ name }: { name: string }) => name),
      ["orders", "consumer", "counter", "upstream", "api", "load"],
    );
    for (const { name } of report.tasks) {
      assert(shown.includes(`${name}: executing`), `${name} in ${shown}`);
    }
    await assertBars(page, report);
    await page.waitForTimeout(isUpdate ? 1_500 : 0); // So that there is more to see.
    demo.program.kill("SIGINT");
    await state(page, "draining");
    if (isUpdate) await takePictures(page);
    await page.locator("#waiting-list b", { hasText: "api" }).waitFor();
    await page.locator("#told", { hasText: "Received SIGINT" }).waitFor();
    await state(page, "finished");
    const after = await rows(page);
    const { code, text } = await demo.program.ended;
    assert.equal(code, 0, text);
    for (const { name } of report.tasks) {
      assert(after.includes(`${name}: clean`), `${name} in ${after}\n${text}`);
    }
    await page.close();
  },
);

await check(
  "the demo hangs in initialize, as its database does not answer",
  async () => {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = `postgres://demo@127.0.0.1:${silent.addr.port}/demo`;
    await using demo = await Inspected.demo("service", "--postgres", url);
    const page = await open(demo.address);
    await state(page, "initializing");
    const item = page.locator("#waiting-list li", { hasText: "orders" });
    await item.filter({ hasText: "initializes for" }).waitFor();
    const compare = async () => {
      const { report } = await demo.story();
      assert.deepEqual(
        (await rows(page)).slice(1, 1 + report.tasks.length),
        report.tasks.map(({ name, state }) => `${name}: ${state}`),
      );
      await assertBars(page, report);
    };
    await compare();
    demo.program.kill("SIGINT");
    await state(page, "stopping");
    await item.filter({ hasText: "without a limit" }).waitFor();
    await compare();
    await page.close();
  },
);

await check(
  "a program that hangs in initialize, and survives a reload and a restart",
  async () => {
    let port = 0;
    let page: Page;
    {
      await using hangs = await Inspected.start();
      port = hangs.port;
      page = await open(hangs.address);
      await state(page, "initializing");
      const item = page.locator("#waiting-list li", { hasText: "migration" });
      await item.waitFor();
      assert.match(
        await item.innerText(),
        /migration initializes for \d+ (?:ms|s), \d+ s left of initializeTimeout 60 s/,
      );
      await page.reload();
      await state(page, "initializing");
      assert((await rows(page)).includes("migration: initializing"));
    }
    await page.locator("#connection.lost").waitFor();
    await using again = await Inspected.start({ GOES_ON: "1" }, port);
    await state(page, "executing");
    await page.locator("#connection.live").waitFor();
    const { report } = await again.story();
    assert.equal(report.counts.clean, 40);
    const shown = await rows(page);
    assert(shown.includes("execute tasks: 4 executing, 40 clean"), `${shown}`);
    assert.equal(shown.filter((row) => row === "job: executing").length, 3);
    assert(shown.includes("consumer: executing"));
    // Two managers within it have started at once.
    const shards = shown.filter((row) => /^shards?: executing$/.test(row));
    assert.equal(shards.length, 5, `${shown}`);
    again.program.kill("SIGINT");
    await page.locator("#waiting-list b", { hasText: "payments / consumer" })
      .waitFor();
    await state(page, "finished");
    const last = await again.lastReport();
    assert.deepEqual(
      last.tasks.map(({ stages }) => stages.length),
      [3, 3, 4, 3, 3],
    );
    await assertBars(page, last);
    await page.close();
  },
);

await check(
  "hostile texts are texts, also in what is saved and opened again",
  async () => {
    await using program = await Inspected.start({ GOES_ON: "1" });
    const page = await open(program.address);
    await state(page, "executing");
    program.program.kill("SIGINT");
    await state(page, "finished");
    const errors = page.locator("#error-list");
    const isHarmless = async (page: Page) => {
      await page.locator("#errors summary").first().waitFor();
      const text = await page.locator("#errors").innerText();
      assert.match(text, /not closed <!--<\/script><img src=x/);
      assert.equal(await page.locator("img").count(), 0);
      assert.equal(await page.evaluate("globalThis.hacked"), undefined);
    };
    await isHarmless(page);
    await errors.locator("summary").first().click();
    assert.match(
      await errors.locator("pre").first().innerText(),
      /at .*hangs\.ts/,
    );
    const saved = async (id: string) => {
      const download = page.waitForEvent("download");
      await page.click(id);
      return await (await download).path();
    };
    const html = await saved("#save-html");
    const text = await Deno.readTextFile(html);
    assert.match(
      text,
      /content="default-src 'none'; script-src 'sha256-[^;]+; [^"]*connect-src 'none'/,
    );
    const json = /<script id="story"[^>]*>([^]*?)<\/script>/.exec(text)?.[1] ??
      "";
    assert(json.includes("\\u003c/script>") && !json.includes("<"));
    const folder = await Deno.makeTempDir();
    await Deno.copyFile(html, `${folder}/run.html`);
    const fromFile = await open(`file://${folder}/run.html`);
    await state(fromFile, "finished");
    await isHarmless(fromFile);
    assert.deepEqual(await rows(fromFile), await rows(page));
    const story = await saved("#save-json");
    const other = await open(`file://${folder}/run.html`);
    await other.setInputFiles("#open", story);
    await other.waitForURL(/^blob:/);
    await state(other, "finished");
    await isHarmless(other);
    // Opened by the page of the program, which has ended by now.
    await page.setInputFiles("#open", story);
    await page.waitForURL(/^blob:/);
    await state(page, "finished");
    await isHarmless(page);
    for (
      const [text, said] of [
        ["{}", "This file is no story of an inspector"],
        ["{", "JSON"],
        ['{"goasync":"story 1"}', "It cannot be shown: "],
      ] as const
    ) {
      const bad = await open(`file://${folder}/run.html`);
      const buffer = Buffer.from(text);
      const file = { name: "a.json", mimeType: "application/json", buffer };
      await bad.setInputFiles("#open", file);
      await bad.locator("#connection", { hasText: said }).waitFor();
      await bad.close();
    }
    for (const each of [page, fromFile, other]) await each.close();
    await Deno.remove(folder, { recursive: true });
  },
);

await check(
  "a wrong token, a foreign page and a rebound host are refused",
  async () => {
    await using program = await Inspected.start({ CONTROL: "1" });
    const { origin, hash } = new URL(program.address);
    const stranger = await open(`${origin}/#wrong-token-wrong`);
    await stranger.locator("#connection", {
      hasText: "token is missing or wrong",
    })
      .waitFor();
    assert.deepEqual(await rows(stranger), []);
    await stranger.evaluate("location.hash = '#%'");
    await stranger.locator("#connection", {
      hasText: "token is missing or wrong",
    })
      .waitFor();
    await stranger.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await state(stranger, "initializing");
    await stranger.close();
    await using other = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () =>
        new Response("<!doctype html><title>Foreign</title>", {
          headers: { "content-type": "text/html" },
        }),
    );
    const foreign = await browser.newPage();
    await foreign.goto(`http://127.0.0.1:${other.addr.port}/`);
    const asked =
      `fetch("${origin}/story", { headers: { authorization: "Bearer ${
        hash.slice(1)
      }" } }).then((r) => r.status, (e) => e.name)`;
    assert.equal(await foreign.evaluate(asked), "TypeError");
    const posted = `fetch("${origin}/stop", { method: "POST", mode: "no-cors" })
      .then((r) => r.type, (e) => e.name)`;
    assert.match(String(await foreign.evaluate(posted)), /opaque|TypeError/);
    const framed = foreign.waitForEvent("framenavigated");
    await foreign.evaluate(
      `document.body.append(Object.assign(document.createElement("iframe"), {
        src: "${origin}/",
      }))`,
    );
    assert.match((await framed).url(), /^chrome-error:/);
    assert.equal((await program.story()).report.stop, null);
    await foreign.close();
    const rebound = await chromium.launch({
      executablePath: findChromium(),
      args: ["--host-resolver-rules=MAP evil.test 127.0.0.1"],
    });
    const page = await rebound.newPage();
    const answer = await page.goto(`http://evil.test:${program.port}/${hash}`);
    assert.equal(answer?.status(), 403);
    await rebound.close();
  },
);

await check(
  "control: true lets the page cancel a task, and stop all",
  async () => {
    await using program = await Inspected.start({ CONTROL: "1", GOES_ON: "1" });
    const page = await open(program.address);
    await state(page, "executing");
    await page.locator(".row", { hasText: "migration" }).click();
    await page.getByRole("button", { name: "Cancel this task" }).click();
    await page.locator(".row", { hasText: "migration" }).locator(".state", {
      hasText: "clean",
    }).waitFor();
    await page.locator(".row", { hasText: "odd" }).click();
    await page.getByRole("button", { name: "Cancel this task" }).click();
    await page.locator("#connection", { hasText: "No task of this name" })
      .waitFor();
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.locator("#told", { hasText: "Stopped by the inspector" })
      .waitFor();
    await state(page, "finished");
    await page.close();
  },
);

await check(
  "a stack that is open stays open when another error comes",
  async () => {
    await using program = await Inspected.start({ GOES_ON: "1", FAILS: "1" });
    const page = await open(program.address);
    const errors = page.locator("#error-list > li");
    await errors.filter({ hasText: "first" }).locator("summary").click();
    await errors.filter({ hasText: "first" }).locator("pre").focus();
    await errors.filter({ hasText: "not closed" }).waitFor();
    assert.equal(await page.locator("#error-list details[open]").count(), 1);
    assert.equal(
      await page.evaluate("document.activeElement.localName"),
      "pre",
    );
    await page.close();
  },
);

await check(
  "who is gone from the page is gone from memory",
  async () => {
    await using program = await Inspected.start({ GOES_ON: "1", JOBS: "2000" });
    const page = await open(program.address);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable");
    const nodes = async () => {
      await devtools.send("HeapProfiler.collectGarbage");
      const { metrics } = await devtools.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "Nodes")?.value ?? 0;
    };
    await page.locator(".row", { hasText: "job 1" }).first().waitFor();
    await page.locator("#note-list", { hasText: "no more jobs" }).waitFor();
    await page.locator(".row").nth(30).waitFor({ state: "detached" });
    const left = await nodes();
    assert(left < 3_000, `${left} nodes`);
    await page.close();
  },
);

await check(
  "whatever else answers at the port is not taken for the program",
  async () => {
    let port = 0;
    let page: Page;
    {
      await using program = await Inspected.start();
      port = program.port;
      page = await open(program.address);
      await state(page, "initializing");
    }
    let status = 200;
    await using _other = Deno.serve(
      { hostname: "127.0.0.1", port, onListen() {} },
      () =>
        new Response(`<h1>Not it</h1>\n${"x".repeat(1_000)}`, {
          status,
          headers: { "content-type": "text/html" },
        }),
    );
    const connection = page.locator("#connection.lost");
    await connection.filter({ hasText: "Something else answers here" })
      .waitFor();
    status = 502;
    await connection.filter({ hasText: "<h1>Not it</h1>" }).waitFor();
    assert.equal(await connection.innerText(), "<h1>Not it</h1>");
    await page.close();
  },
);

await check(
  "keys move in the tree, open, choose, and zoom",
  async () => {
    await using program = await Inspected.start({ GOES_ON: "1" });
    const page = await open(program.address);
    await state(page, "executing");
    const count = await page.locator(".row").count();
    await page.locator(".row").first().focus();
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await page.locator(".row").count(), 1);
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator(".row").count(), count);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.locator("#details-title", { hasText: "migration" }).waitFor();
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    assert.equal(await page.locator("#scroll").isEnabled(), true);
    await page.keyboard.press("]");
    await page.keyboard.press("0");
    assert.equal(await page.locator("#scroll").isEnabled(), false);
    const lane = page.locator(".row .lane").nth(1);
    await lane.hover();
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    const axis = () => page.locator("#axis").innerText();
    await page.locator("#scroll:enabled").waitFor();
    const zoomed = await axis();
    const { x = 0, y = 0, width = 0 } = await lane.boundingBox() ?? {};
    await page.mouse.move(x + width / 4, y + 5);
    await page.mouse.down();
    await page.mouse.move(x + width, y + 5, { steps: 3 });
    await page.mouse.up();
    assert.notEqual(await axis(), zoomed);
    await page.close();
  },
);

await check(
  "axe-core finds nothing, at three sizes in both schemes",
  async () => {
    await using program = await Inspected.start({ GOES_ON: "1" });
    const page = await open(program.address);
    await state(page, "executing");
    await page.waitForTimeout(1_500); // So that there is something to see.
    program.program.kill("SIGINT");
    await state(page, "draining");
    await Deno.mkdir(SCREENSHOTS, { recursive: true });
    const found: string[] = [];
    const look = async (what: string) => {
      for (const [size, [width = 0, height = 0]] of Object.entries(SIZES)) {
        await page.setViewportSize({ width, height });
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          await page.screenshot({
            path: `${SCREENSHOTS}/${what}-${size}-${colorScheme}.png`,
          });
          const overflow = await page.evaluate(
            "document.documentElement.scrollWidth - innerWidth",
          );
          if (Number(overflow) > 0) {
            found.push(
              `${size}: ${overflow} px too wide`,
            );
          }
          await page.evaluate(axe.source);
          const { violations } = await page.evaluate(
            "axe.run()",
          ) as { violations: { id: string; nodes: { html: string }[] }[] };
          found.push(
            ...violations.map(({ id, nodes }) =>
              `${what} ${size} ${colorScheme}: ${id}: ${
                nodes[0]?.html.slice(0, 200)
              }`
            ),
          );
        }
      }
    };
    await look("draining");
    await state(page, "finished");
    await page.locator(".row").nth(1).click();
    await look("finished");
    assert.deepEqual(found, []);
    await page.close();
  },
);

await check("what it costs", async () => {
  const program = new Program(
    Deno.execPath(),
    [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      "--no-lock",
      "--import-map=tests/std/import_map.json",
      "tests/tools/inspector/programs/cost.ts",
    ],
    {},
    root,
  );
  const { text, code } = await program.ended;
  assert.equal(code, 0, text);
  const { bare, unlooked, looked, sent, rate, SECONDS, LOOKERS } = JSON.parse(
    text,
  );
  const percent = (share: number) => `${share.toFixed(1)} %`;
  assert(looked.used < 60, text);
  return `50,000 execute tasks took ${bare.jobs.toFixed(1)} ms without, ${
    unlooked.jobs.toFixed(1)
  } ms while nobody looks; 1,000 tasks used ${
    percent(bare.used)
  } of a processor without, ${percent(unlooked.used)} while nobody looks, ${
    percent(looked.used)
  } with ${LOOKERS} lookers, each told ${rate.toFixed(1)} times a second, ${
    (sent / 1e6 / SECONDS / LOOKERS).toFixed(2)
  } MB/s each`;
});

await check(
  "no page has thrown, asked other hosts or broken its policy",
  () => {
    assert.deepEqual(wrong, []);
    return Promise.resolve();
  },
);

await browser.close();
console.log(`${results.passed} passed, ${results.failed} failed`);
if (results.failed > 0) Deno.exitCode = 1;
