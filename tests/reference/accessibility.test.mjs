// axe-core finds nothing to object to in any state of the page, and everything can be done from the keyboard.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { axePath, fillIn, file, send, stage } from "./support.mjs";

const here = stage();
const axe = readFileSync(axePath, "utf8");

// Of the whole page, or of what a selector names: axe-core takes seconds for a page of all calls.
async function violations(page, where = "html") {
  await page.evaluate(axe); // by the debugger's own way: the policy of the page stays in force
  const found = await page.evaluate((where) => axe.run(where, { resultTypes: ["violations"] }), where);
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 360]) {
    const options = { colorScheme, viewport: { width, height: 800 } };
    test(`axe-core objects to nothing, ${colorScheme}, ${width} pixels wide`, async () => {
      const { page } = await here.open(options);
      assert.deepEqual(await violations(page), [], "as it opens");
      const call = "#generateSession";
      await fillIn(page);
      assert.deepEqual(await violations(page, call), [], "filled in");
      await send(page);
      await page.locator("output[data-reply]").waitFor();
      assert.deepEqual(await violations(page, call), [], "with an access token");
      await send(page);
      await page.locator(".verdict.bad").waitFor();
      assert.deepEqual(await violations(page, call), [], "refused");
      await page.getByRole("tab", { name: "Java", exact: true }).first().click();
      assert.deepEqual(await violations(page, call), [], "in another language");
      if (width < 990) await page.getByText("Search and contents").click();
      await page.getByRole("searchbox").fill("request token");
      assert.deepEqual(await violations(page), [], "searched");
    });

    test(`nor from a file, ${colorScheme}, ${width} pixels wide`, async () => {
      const { page } = await here.open(options, file);
      assert.deepEqual(await violations(page), []);
    });
  }
}

test("axe-core would object", async () => {
  const { page } = await here.open();
  await page.evaluate(() => {
    document.querySelector(".facts").append(document.createElement("button"));
    document.querySelector("h1").style.color = "#eee";
  });
  const names = (await violations(page)).map((text) => text.split(":")[0]);
  assert.deepEqual(names.sort(), ["button-name", "color-contrast"]);
});

// Presses Tab as often as it takes to get there.
async function tabTo(page, locator) {
  for (let presses = 0; presses < 80; presses += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no Tab leads to ${locator}`);
}

test("everything can be done from the keyboard", async () => {
  const { page } = await here.open();
  const focused = (locator) => locator.evaluate((element) => element === document.activeElement);

  await page.keyboard.press("Tab");
  assert.ok(await focused(page.getByRole("link", { name: "Skip to the reference" })));
  await page.keyboard.press("Enter");
  assert.ok(await focused(page.getByRole("main")));

  await page.keyboard.press("/");
  assert.ok(await focused(page.getByRole("searchbox")));
  await page.keyboard.type("api_key/");
  assert.equal(await page.getByRole("searchbox").inputValue(), "api_key/");
  assert.equal(await page.getByRole("status").textContent(), "No results");
  await page.keyboard.press("Escape");

  await tabTo(page, page.getByRole("radio", { name: "all" }));
  await page.keyboard.press("ArrowDown");
  assert.match(await page.getByRole("status").textContent(), /^\d+ results$/);
  await page.keyboard.press("ArrowUp");

  const selected = page.getByRole("tab", { selected: true });
  await tabTo(page, selected.first());
  for (const [key, name] of [["ArrowRight", "Python"], ["End", "JavaScript"], ["ArrowRight", "curl"], ["ArrowLeft", "JavaScript"], ["Home", "curl"]]) {
    await page.keyboard.press(key);
    // Chosen for one call, chosen for all that have it.
    const calls = await page.getByRole("tablist").all();
    assert.ok(calls.length > 2);
    for (const list of calls) {
      const has = await list.getByRole("tab", { name, exact: true }).count();
      assert.equal(await list.getByRole("tab", { name, exact: true, selected: true }).count(), has);
    }
    assert.ok(await focused(selected.first()));
  }
  await tabTo(page, page.getByRole("region", { name: "curl sample of generateSession", exact: true }));

  await tabTo(page, page.getByRole("button", { name: "Get a demo request token" }));
  await page.keyboard.press("Enter");
  await page.getByText("Filled in").waitFor();
  assert.ok(await focused(page.getByRole("button", { name: "Get a demo request token" })));
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  assert.ok(await focused(page.locator("input[name=Token]")));
  await page.keyboard.press("Enter"); // sends, as in any form
  await page.locator("output[data-reply=AccessToken]").waitFor();
  await tabTo(page, page.getByRole("button", { name: "Copy AccessToken" }));
});
