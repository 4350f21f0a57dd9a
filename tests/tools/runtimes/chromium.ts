import { basename } from "node:path";
import {
  type Browser,
  chromium as playwright,
  type Page,
} from "npm:playwright-core@1.65.1";
import type { Host } from "./entry.ts";
import { findChromium } from "./find_chromium.ts";
import { bundleChecks, checkPagehide, testInBundle } from "./programs.ts";
import type { Runtime, RuntimeSource } from "./runtime.ts";
import { serveFolder } from "./serve_folder.ts";

const LONGEST_RUN = 300_000;

/** The Chromium or Chrome of this machine: a page, and a dedicated worker. */
export const chromium: RuntimeSource = {
  name: "Chromium",
  async get(project, tryOne) {
    const executablePath = findChromium();
    await using server = serveFolder(project.folder);
    const browser = await playwright.launch({ executablePath });
    const urlOf = (bundle: string) => `${server.url}/${basename(bundle)}`;
    const place = (host: Host, script: (url: string) => string) => ({
      host,
      run: (bundle: string): Promise<unknown> =>
        withPage(
          browser,
          server.url,
          (page) => page.evaluate(script(urlOf(bundle))),
        ),
    });
    const page = place("page", inPage);
    const worker = place("worker", inWorker);
    const leave = (bundle: string) =>
      withPage(browser, server.url, async (page) => {
        await page.evaluate(inPage(urlOf(bundle)));
        await page.goto("about:blank");
        return JSON.parse(await server.posted);
      });
    const runtime = (name: string, place: Pick<Runtime, "host" | "run">) => ({
      ...place,
      name: `Chromium, ${name}`,
      version: browser.version(),
      test: () => testInBundle(place, project),
      checks: bundleChecks(place, project),
    });
    const inThePage = runtime("page", page);
    const checks = {
      ...inThePage.checks,
      "left, with pagehide": () =>
        checkPagehide({ host: "page", run: leave }, project),
    };
    try {
      await tryOne({ ...inThePage, checks });
      await tryOne(runtime("dedicated worker", worker));
    } finally {
      await browser.close();
    }
  },
};

/** Opens a page and uses it, or says where it hangs. */
async function withPage<T>(
  browser: Browser,
  url: string,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  const page = await browser.newPage();
  let said = "";
  page.on("console", (message) => {
    if (message.type() === "debug") said = message.text();
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Chromium hangs after "${said}"`)),
      LONGEST_RUN,
    );
  });
  try {
    await page.goto(url);
    return await Promise.race([use(page), late]);
  } finally {
    clearTimeout(timer);
    // Not awaited, as a page that hangs never closes.
    page.close().catch(() => {});
  }
}

function inPage(url: string): string {
  return `import("${url}").then(() => globalThis.result)`;
}

function inWorker(url: string): string {
  return `new Promise((resolve, reject) => {
    const worker = new Worker("${url}", { type: "module" });
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data: { result, error } }) =>
      error ? reject(new Error(error)) : resolve(result);
  })`;
}
