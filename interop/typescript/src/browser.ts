/** The client in Chromium: in a page of the origin that it sends to. */
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { run, task } from "./protocol";
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

const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
try {
  const page = await browser.newPage();
  // The page comes from here, so that the one request which the server sees is that of the client.
  const home = new URL("/", task()[0]).href;
  await page.route(home, (route) => route.fulfill({ contentType: "text/html", body: '<link rel="icon" href="data:,">' }));
  await page.goto(home);
  await page.unrouteAll();
  await page.addScriptTag({ path: fileURLToPath(new URL("page.js", import.meta.url)) });
  await run({
    trade: (...args) => page.evaluate((given) => globalThis.trade(...given), args),
    readAccount: (...args) => page.evaluate((given) => globalThis.readAccount(...given), args),
    place: (...args) => page.evaluate((given) => globalThis.place(...given), args),
    firstHolding: (...args) => page.evaluate((given) => globalThis.firstHolding(...given), args),
  });
} finally {
  await browser.close();
}
