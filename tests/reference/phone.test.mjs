// On a phone the content comes first: what leads to it is one line above, folded, and stays at hand.

import assert from "node:assert/strict";
import { test } from "node:test";

import { stage } from "./support.mjs";

const here = stage();
const phone = () => here.open({ viewport: { width: 390, height: 844 }, hasTouch: true });
const top = (locator) => locator.evaluate((element) => element.getBoundingClientRect().top);

test("the content comes first, and nothing is wider than the screen", async () => {
  const { page } = await phone();
  assert.ok(await top(page.getByRole("heading", { level: 1 })) < 120);
  assert.ok(await page.getByText("Exchange a request token for an access token of").first().isVisible());
  assert.ok(!(await page.getByRole("navigation").isVisible()));
  assert.ok(!(await page.getByRole("searchbox").isVisible()));
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
});

test("search and contents are at hand anywhere, and give way to what they lead to", async () => {
  const { page } = await phone();
  await page.evaluate(() => scrollTo(0, 20_000));
  const find = page.getByText("Search and contents");
  assert.ok(await top(find) < 40);
  await find.click();
  await page.getByText("Contents", { exact: true }).click();
  await page.getByRole("navigation").getByRole("link", { name: "See the holdings" }).click();
  assert.ok(!(await page.getByRole("navigation").isVisible()));
  const title = page.getByRole("heading", { name: "See the holdings" });
  assert.ok(await top(title) > await page.locator(".side").evaluate((bar) => bar.getBoundingClientRect().bottom));
  assert.ok(await top(title) < 200);

  await page.keyboard.press("/");
  await page.keyboard.type("isin_code");
  assert.match(await page.getByRole("status").textContent(), /^\d+ results?$/);
  assert.ok(await page.locator("main .entry:not([hidden])").first().isVisible());
});

test("a wide screen has them beside the content", async () => {
  const { page } = await here.open();
  assert.ok(await page.getByRole("searchbox").isVisible());
  assert.ok(await page.getByRole("navigation").isVisible());
  assert.ok(!(await page.getByText("Search and contents").isVisible()));
});
