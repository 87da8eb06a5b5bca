// A sandbox and a browser of the test's own, and what both saw. `make reference-test` says where they are.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { after, afterEach, before } from "node:test";

const require = createRequire(new URL("../../tools/node/package.json", import.meta.url));
const { chromium } = require("playwright-core");

export const axePath = require.resolve("axe-core/axe.min.js");
export const file = new URL("../../dist/reference/index.html", import.meta.url).href;

const ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

// Starts both before the tests of a file and ends them afterwards; what is returned is filled in by then. The options
// are those of the sandbox.
export function stage(...options) {
  const here = {};
  let sandbox;

  before(async () => {
    sandbox = spawn(process.env.SANDBOX, ["sandbox", "--port", "0", "--json", ...options], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(createInterface({ input: sandbox.stdout }), "line");
    Object.assign(here, JSON.parse(line));
    here.origin = new URL(here.base_url).origin;
    // A new profile in a new folder each time.
    here.browser = await chromium.launch({ executablePath: process.env.CHROMIUM, chromiumSandbox: false, args: ARGUMENTS });
  });

  after(async () => {
    await here.browser?.close();
    sandbox.kill();
    await once(sandbox, "exit");
  });

  afterEach(() => Promise.all(here.browser.contexts().map((context) => context.close())));

  // Opens the page in a context of its own. `seen` is what the browser asked for and complained of.
  here.open = async (options = {}, address = `${here.origin}/`) => {
    const context = await here.browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = await context.newPage();
    const seen = { requests: [], complaints: [], blocked: [] };
    context.on("request", (request) => seen.requests.push(request.url()));
    page.on("console", (message) => seen.complaints.push(message.text()));
    page.on("pageerror", (error) => seen.complaints.push(error.message));
    await page.exposeFunction("noteBlocked", (uri) => seen.blocked.push(uri));
    await page.addInitScript(() => addEventListener("securitypolicyviolation", (event) => noteBlocked(event.blockedURI)));
    await page.goto(address);
    return { page, seen, context };
  };
  return here;
}

// The console of the call with a request token.
export const consoleOf = (page, path = "/api/v1/session/generate") => page.locator(`form[data-path="${path}"]`);

// Fills in the demo values as a person does, by the button.
export async function fillIn(page) {
  await page.getByRole("button", { name: "Get a demo request token" }).click();
  await page.getByText("Filled in").waitFor();
}

export const send = (page) => consoleOf(page).getByRole("button", { name: "Send" }).click();
