// It renders, from the sandbox and from a file, wide and narrow; and its search finds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { consoleOf, file, stage } from "./support.mjs";

const here = stage();

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 1000, 360]) {
    test(`it renders, ${colorScheme}, ${width} pixels wide`, async () => {
      const { page, seen } = await here.open({ colorScheme, viewport: { width, height: 800 } });
      await page.getByRole("heading", { name: "Generate a session", level: 3 }).first().waitFor();
      const { needed, given, ground } = await page.evaluate(() => ({
        needed: document.documentElement.scrollWidth,
        given: document.documentElement.clientWidth,
        ground: getComputedStyle(document.body).backgroundColor,
      }));
      assert.ok(needed <= given, `${needed} of ${given} pixels`);
      const brightness = ground.match(/\d+/g).reduce((sum, part) => sum + Number(part), 0);
      assert.equal(brightness > 384, colorScheme === "light", ground);
      assert.deepEqual(seen.complaints, []);
    });
  }
}

test("from a file it renders too, and its console says what it needs", async () => {
  const { page, seen } = await here.open({}, file);
  assert.ok(await consoleOf(page).getByText("This console needs the sandbox").isVisible());
  assert.ok(await consoleOf(page).getByRole("button", { name: "Send" }).isDisabled());
  assert.ok(!(await consoleOf(page).getByText("This is a local Torus").isVisible()));
  assert.deepEqual(seen.complaints, []);
  assert.deepEqual(seen.requests, [file]);
});

// A field stands in its call and in its schema.
const visible = async (page, key) => (await page.locator(`[data-key="${key}"]:visible`).count()) > 0;

test("search finds calls, schemas, fields and statuses, and says how many", async () => {
  const { page } = await here.open();
  const search = page.getByRole("searchbox");
  const status = page.getByRole("status");
  for (const [words, key, count] of [
    ["generatesession", "call generateSession", null],
    ["GenerateSessionRequest", "field GenerateSessionRequest.API_KEY", null],
    ["api_secret", "field GenerateSessionRequest.API_SECRET", "1 result"],
    ["accesstoken", "field GenerateSessionResponse.AccessToken", "2 results"], // and the credential of account calls
    ["default", "status generateSession default", null],
    ["may have been served all the same", "status generateSession default", "1 result"],
    ["comma before", "status generateSession 200", "1 result"],
    ["  TOKEN   header ", "header Token", null],
  ]) {
    await search.fill(words);
    assert.ok(await visible(page, key), words);
    assert.match(await status.textContent(), count ? new RegExp(`^${count}$`) : /^\d+ results?$/, words);
    assert.ok(!(await page.getByText("The merchant is onboarded once").isVisible()), words);
  }
  await search.fill("api_secret");
  assert.ok(!(await visible(page, "field GenerateSessionRequest.API_KEY")));
  assert.ok(!(await visible(page, "schema Error")));
  await search.fill("there is no such thing");
  assert.equal(await status.textContent(), "No results");
  assert.equal(await page.locator(".entry:visible").count(), 0);
  await search.press("Escape");
  assert.equal(await status.textContent(), "");
  assert.equal(await page.locator(".entry:visible").count(), await page.locator(".entry").count());
});

test("a mark leaves what carries it, alone and together with words", async () => {
  const { page } = await here.open();
  const mark = (name) => page.getByRole("radio", { name: new RegExp(`^${name}`) }).check();
  await mark("java-client");
  const marked = [...readFileSync("generated/torus.json", "utf-8").matchAll(/"x-evidence": "java-client"/g)].length;
  assert.equal(await page.getByRole("status").textContent(), `${marked} results`);
  assert.ok(await visible(page, "field Error.error"));
  assert.ok(!(await visible(page, "field Error.status")));
  await page.getByRole("searchbox").fill("more about it, of any type");
  assert.equal(await page.getByRole("status").textContent(), "1 result");
  // A documented field within which something is inferred counts as both.
  await mark("inferred");
  await page.getByRole("searchbox").fill("api_key");
  assert.ok(await visible(page, "field GenerateSessionRequest.API_KEY"));
  await mark("all");
  assert.ok(await visible(page, "field GenerateSessionRequest.API_KEY"));
});

test("a link of the contents leads there even from a search that hides it", async () => {
  const { page } = await here.open();
  await page.getByRole("searchbox").fill("accesstoken");
  await page.getByRole("navigation").getByRole("link", { name: "Error" }).click();
  const heading = page.getByRole("heading", { name: "Error", level: 3 });
  await heading.waitFor();
  assert.ok((await heading.boundingBox()).y < 900);
  assert.equal(await page.getByRole("status").textContent(), "");
});

for (const [call, variable] of [["generateSession", /TORUS_REQUEST_TOKEN/], ["generateSessionWithTotp", /TORUS_TOTP\b/]]) {
  test(`the samples of ${call} are those of the document, and each is copied whole`, async () => {
    const { page, context } = await here.open();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const entry = page.locator(`[data-key="call ${call}"]`);
    const tabs = entry.getByRole("tab");
    assert.deepEqual(await tabs.allTextContents(), ["curl", "Python", "Go", "Java", "JavaScript"]);
    for (const tab of await tabs.all()) {
      await tab.click();
      const panels = entry.getByRole("tabpanel");
      assert.equal(await panels.count(), 1);
      assert.equal(await panels.getAttribute("aria-labelledby"), await tab.getAttribute("id"));
      await panels.getByRole("button", { name: "Copy" }).click();
      await panels.getByText("Copied").waitFor();
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      assert.equal(copied, await panels.locator("code").textContent());
      assert.match(copied, variable);
    }
  });
}
