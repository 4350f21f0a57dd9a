import { chromium } from "npm:playwright-core@1.65.1";

const CANDIDATES = [
  Deno.env.get("CHROME_PATH"),
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/opt/google/chrome/chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  chromium.executablePath(),
];

/** The Chromium or Chrome of this machine. */
export function findChromium(): string {
  for (const path of CANDIDATES) {
    if (path && isFile(path)) return path;
  }
  throw new Error(
    "Cannot find Chromium or Chrome: install it, or set CHROME_PATH",
  );
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
