// The screenshot of the README is of the page as it is. `make screenshots` takes it anew.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { consoleOf, fillIn, send, stage } from "./support.mjs";

const here = stage();
const image = new URL("../../docs/images/reference.png", import.meta.url);
const source = new URL("../../docs/images/reference.source", import.meta.url);
const page = readFileSync(new URL("../../generated/reference.html", import.meta.url));
const digest = `generated/reference.html ${createHash("sha256").update(page).digest("hex")}\n`;

async function take(path) {
  const { page } = await here.open({ viewport: { width: 1440, height: 1150 }, colorScheme: "light" });
  await page.getByRole("tab", { name: "Python", exact: true }).first().click();
  await fillIn(page);
  await send(page);
  await page.locator("output[data-reply]").waitFor();
  await consoleOf(page).evaluate((form) => form.closest("section").scrollIntoView());
  const calls = await page.locator("nav a", { has: page.locator(".method") }).all();
  for (const call of calls.slice(0, 10)) {
    const box = await call.boundingBox();
    assert.ok(box && box.y > 0 && box.y + box.height < 1150, `not in the picture: ${await call.textContent()}`);
  }
  await page.screenshot({ path });
}

test("the screenshot shows the page as it is, with its first calls", async () => {
  if (process.env.SCREENSHOTS === "write") {
    await take(image.pathname);
    writeFileSync(source, digest);
  }
  await take(undefined);
  const hint = "docs/images/reference.png is of another page: make screenshots";
  assert.equal(readFileSync(source, "utf8"), digest, hint);
});
