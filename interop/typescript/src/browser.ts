/** Trades a request token for an access token in Chromium: in a page of the origin that it is sent to. */
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { report, task } from "./protocol";
import type {} from "./page";

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

const asked = task();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
try {
  const page = await browser.newPage();
  // The page comes from here, so that the one request which the server sees is that of the client.
  const home = new URL("/", asked[0]).href;
  await page.route(home, (route) => route.fulfill({ contentType: "text/html", body: '<link rel="icon" href="data:,">' }));
  await page.goto(home);
  await page.unrouteAll();
  await page.addScriptTag({ path: fileURLToPath(new URL("page.js", import.meta.url)) });
  report(await page.evaluate((args) => globalThis.trade(...args), asked));
} finally {
  await browser.close();
}
