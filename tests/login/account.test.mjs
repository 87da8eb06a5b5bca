// The account page of the sandbox in a real browser, while a program trades by the SDK. `make login-test` says where
// they are.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";

const require = createRequire(new URL("../../tools/node/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const { COMMAND, CHROMIUM } = process.env;
const ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];
const IDEA = "14366";

let browser;
let trader;
let lines;
let origin;

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false, args: ARGUMENTS });
  const program = fileURLToPath(new URL("trader.py", import.meta.url));
  trader = spawn(join(dirname(COMMAND), "python"), [program], { stdio: ["pipe", "pipe", "inherit"] });
  lines = createInterface({ input: trader.stdout })[Symbol.asyncIterator]();
  ({ origin } = JSON.parse((await lines.next()).value));
});
after(async () => {
  await browser?.close();
  trader.stdin.end();
  await once(trader, "exit");
});
beforeEach(() => say("reset"));
afterEach(() => Promise.all(browser.contexts().map((context) => context.close())));

// Has the program do something, a method of the sandbox or an order, and waits until it is done.
async function say(name, args = [], options = {}) {
  trader.stdin.write(`${JSON.stringify([name, args, options])}\n`);
  assert.equal((await lines.next()).value, '"done"');
}

async function open(path = "/_sandbox/account", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const seen = [];
  page.on("request", (request) => seen.push(request.url()));
  await page.goto(origin + path);
  return { page, complaints, seen };
}

const row = (page, table, text) => page.getByRole("table", { name: table }).getByRole("row").filter({ hasText: text });

// All that there is to see: orders of every kind, in part with what is as wide as it gets.
async function trade() {
  const W = "W".repeat(20);
  await say("set_price", [IDEA, "14.65"], { quantity: 4 });
  await say("set_price", [W, "0.05"]);
  await say("set_funds", ["999999999"]);
  await say("set_holding", ["500325", 1000], { cost_price: "2411.1234" });
  await say("order", [], { remarks: "dip1" });
  await say("order", [], { quantity: "999999999", order_type: "SL", price: "99999.9999", trigger_price: "99999.9999", remarks: W });
  await say("order", [], { security_id: W, quantity: "999999999", remarks: W });
  await say("order", [], { txn_type: "S", product: "C", remarks: "<script>alert(1)" });
}

async function violations(page) {
  await page.evaluate(axe); // by the debugger's own way: the policy of the page stays in force
  const found = await page.evaluate(() => axe.run({ resultTypes: ["violations"] }));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

// The contrast of the titles in a row of cards, which axe-core does not look at: they are no elements.
const contrast = (page, selector) => page.evaluate((selector) => {
  const light = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map((each) => each / 255)
    .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
    .reduce((sum, each, index) => sum + each * [0.2126, 0.7152, 0.0722][index], 0.05);
  const cell = document.querySelector(selector);
  const grounds = [cell.parentElement, document.body].map((each) => getComputedStyle(each).backgroundColor);
  const pair = [getComputedStyle(cell, "::before").color, grounds.find((each) => each !== "rgba(0, 0, 0, 0)")].map(light);
  return Math.max(...pair) / Math.min(...pair);
}, selector);

test("an order of the SDK appears, is filled in part and then wholly, without a reload", async () => {
  const { page, complaints, seen } = await open();
  await page.getByText("This sandbox does not trade yet").waitFor();
  await page.getByText("Live: changes appear within a second.").waitFor();
  await page.evaluate(() => { window.loaded = "once"; });

  await say("set_price", [IDEA, "14.65"], { quantity: 4 });
  await say("order", [], { remarks: "dip1" });
  const order = row(page, "Orders", "dip1");
  await order.filter({ hasText: "Part-Traded" }).waitFor();
  assert.ok(await order.getByRole("cell", { name: "4 of 10" }).isVisible());
  assert.ok(!(await page.getByText("This sandbox does not trade yet").isVisible()));
  const news = page.getByRole("status").filter({ hasText: "Last change" });
  assert.match(await news.textContent(), /Buy 10 IDEA \(14366\) \(dip1\): 4 of 10 traded, Part-Traded\.$/);
  await row(page, "Positions", "IDEA").filter({ hasText: "14.65" }).waitFor();

  await say("set_price", [IDEA, "14.75"]);
  await order.filter({ hasText: "10 of 10" }).waitFor();
  await news.filter({ hasText: "10 of 10 traded, Traded." }).waitFor();
  assert.equal(await row(page, "Trades", "IDEA").count(), 2);

  await say("set_funds", ["15.77"]);
  await say("order", [], { quantity: "2000", remarks: "<script>alert(1)" });
  const rejected = row(page, "Orders", "<script>alert(1)");
  await rejected.filter({ hasText: "Rejected" }).filter({ hasText: "Fund Limit Insufficient." }).waitFor();
  await news.filter({ hasText: "0 of 2,000 traded, Rejected. Fund Limit Insufficient." }).waitFor();
  await page.getByRole("table", { name: "Funds" }).getByText("15.77").first().waitFor();

  assert.equal(await page.evaluate(() => window.loaded), "once");
  assert.deepEqual(complaints.filter((text) => !/favicon/.test(text)), []);
  assert.deepEqual(seen.filter((url) => !/favicon/.test(url) && url !== `${origin}/_sandbox/account`), []);
});

test("a user is chosen by the keyboard, and others are not shown", async () => {
  await say("set_price", [IDEA, "14.65"]);
  await say("order", [], { remarks: "mine" });
  const { page } = await open();
  await row(page, "Orders", "mine").waitFor();
  await say("order", [], { user: "asha", remarks: "hers" });
  const users = page.getByLabel("User");
  await users.getByRole("option", { name: "asha" }).waitFor({ state: "attached" }); // without a reload
  assert.equal(await row(page, "Orders", "hers").count(), 0);
  await users.focus();
  await page.keyboard.press("a");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL("**/_sandbox/account?user=asha");
  await row(page, "Orders", "hers").waitFor();
  assert.equal(await row(page, "Orders", "mine").count(), 0);
  await say("order", [], { user: "asha", remarks: "again" });
  await row(page, "Orders", "again").waitFor();
});

test("it says when the sandbox does not answer, keeps what it showed, and goes on when it does", async () => {
  await say("set_price", [IDEA, "14.65"]);
  await say("order", [], { remarks: "mine" });
  const { page } = await open();
  await page.context().setOffline(true);
  await page.getByText("The sandbox does not answer.").waitFor();
  assert.ok(await row(page, "Orders", "mine").isVisible());
  await say("order", [], { remarks: "meanwhile" });
  await page.context().setOffline(false);
  await row(page, "Orders", "meanwhile").waitFor();
  await page.getByText("Live: changes appear within a second.").waitFor();
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1280, 360]) {
    test(`axe-core objects to nothing and nothing is too wide, ${colorScheme}, ${width} pixels`, async () => {
      const { page } = await open("/_sandbox/account", { colorScheme, viewport: { width, height: 800 } });
      assert.deepEqual(await violations(page), [], "without trading");
      await trade();
      await row(page, "Orders", "<script>alert(1)").waitFor();
      assert.deepEqual(await violations(page), [], "with all that there is");
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      const cut = await page.evaluate(() => [...document.querySelectorAll("td, th, p")]
        .filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth).map((each) => each.textContent));
      assert.deepEqual(cut, []);
      if (width === 360) {
        for (const status of ["traded", "rejected"]) assert.ok(await contrast(page, `tr.${status} td`) >= 4.5, status);
      }
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(ground, colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(14, 18, 29)");
      const quantity = await page.evaluate(() => {
        const { textAlign, fontVariantNumeric } = getComputedStyle(document.querySelector("td.quantity"));
        return [textAlign, fontVariantNumeric];
      });
      assert.deepEqual(quantity, ["right", "tabular-nums"]);

      await page.goto(`${origin}/_sandbox/login`);
      assert.deepEqual(await violations(page), [], "the login");
      await page.getByLabel("E-mail or mobile").fill("nobody");
      await page.getByRole("button", { name: "Send a one-time password" }).click();
      await page.getByRole("alert").waitFor();
      assert.deepEqual(await violations(page), [], "the login, refused");
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    });
  }
}

test("between a phone and a desk, nothing is too wide either", async () => {
  await trade();
  const { page } = await open();
  for (const width of [320, 600, 1024, 1152, 1153, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
  }
});
