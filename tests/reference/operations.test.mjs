// Operations of every kind, in a document of their own: a person fills in, sends, and sees the reply.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";

import { axePath, stage } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "torus-page-"));
after(() => rmSync(folder, { recursive: true }));
const program = new URL("page_of_many.py", import.meta.url).pathname;
execFileSync(join(dirname(process.env.SANDBOX), "python"), [program, folder]);

const here = stage("--document", join(folder, "torus.json"));
const formOf = (page, call) => page.locator(`form[data-call="${call}"]`);

async function filled(page, call) {
  const form = formOf(page, call);
  await form.getByRole("button", { name: "Fill in demo values" }).click();
  await form.getByText("Filled in").waitFor();
  return form;
}

// Sends, and returns the reply and what the browser sent for it.
async function send(page, form) {
  const [request] = await Promise.all([
    page.waitForRequest((each) => each.url().includes("/api/v1/")),
    form.getByRole("button", { name: "Send" }).click(),
  ]);
  const shown = form.locator(".verdict:not(.plain)");
  await shown.waitFor();
  return { request, title: await shown.locator("strong").textContent(), text: await shown.textContent() };
}

test("a read by POST with a bearer token and typed fields", async () => {
  const { page, seen } = await here.open();
  const form = await filled(page, "holdings");
  const token = form.locator("input[name=Authorization]");
  assert.equal(await token.getAttribute("type"), "password");
  assert.match(await token.inputValue(), /^sandbox-access-token-/);
  const { request, title } = await send(page, form);
  assert.equal(title, "200 OK");
  assert.equal(request.method(), "POST");
  assert.equal((await request.allHeaders()).authorization, `Bearer ${await token.inputValue()}`);
  assert.deepEqual(request.postDataJSON(), {
    source: "N",
    data: { segment: "E", limit: 2, above: 0.5, with_lots: true, isins: ["demo"] },
  });
  const reply = JSON.parse(await form.locator(".verdict pre").textContent());
  assert.deepEqual(reply.data[0], { isin_code: "DEMO00000000", quantity: 3, ltp: 14.65, lots: [{ lot_size: 1 }] });
  assert.deepEqual(seen.complaints, []);
  assert.deepEqual(seen.blocked, []);
});

test("a GET with path and query parameters has no body", async () => {
  const { page } = await here.open();
  const form = await filled(page, "report");
  await form.locator("[name=company-code]").fill("a b");
  await form.locator("[name=year]").fill("2024");
  await form.locator("[name=columns]").fill('["one", "two"]');
  await form.locator("[name=full]").selectOption("true");
  await form.locator("[name=X-Trace]").fill("trace");
  const { request, title, text } = await send(page, form);
  assert.equal(title, "200 OK");
  const url = new URL(request.url());
  assert.equal(url.pathname, "/api/v1/company/a%20b/reports/2024");
  assert.equal(url.search, "?page=1&full=true&columns=one&columns=two");
  assert.equal(request.postData(), null);
  const headers = await request.allHeaders();
  assert.deepEqual([headers["x-trace"], headers["content-type"]], ["trace", undefined]);
  assert.match(text, /"value": 1.5/);
});

test("a public call sends no credential, and another API key its own header", async () => {
  const { page } = await here.open();
  const form = formOf(page, "stocks");
  await form.locator("[name=q]").fill("demo");
  const open = await send(page, form);
  assert.equal(open.title, "200 OK");
  const headers = await open.request.allHeaders();
  assert.deepEqual([headers.authorization, headers.token], [undefined, undefined]);
  const partner = await send(page, await filled(page, "partnerStatus"));
  assert.equal(partner.title, "200 OK");
  assert.equal((await partner.request.allHeaders())["x-partner-key"], "demo-x-partner-key");
});

const REFUSALS = [
  ["holdings", { "data.limit": "many" }, /^422 .*The field data\.limit is wrong: type is integer\.body_malformed$/],
  ["placeOrder", { "data.quantity": "" }, /^422 .*The field data\.quantity is missing\.body_malformed$/],
  ["placeOrder", { Authorization: "demo-nobody-issued" }, /^401 .*No session of this access token.*access_token_unknown$/],
  ["report", { "company-code": "demo", year: "1999" }, /^400 .*The path parameter year is wrong.*parameter_wrong$/],
  ["funds", {}, /^501 .*no example.*example_missing$/],
];

for (const [call, values, expected] of REFUSALS) {
  test(`${call} with ${JSON.stringify(values)} is refused in the words of the sandbox`, async () => {
    const { page } = await here.open();
    const form = await filled(page, call);
    for (const [name, value] of Object.entries(values)) await form.locator(`[name="${name}"]`).fill(value);
    assert.match((await send(page, form)).text, expected);
  });
}

test("search finds a parameter, and each tag has its calls", async () => {
  const { page } = await here.open();
  const contents = page.getByRole("navigation");
  for (const tag of ["Session", "Portfolio", "Orders", "Company"]) assert.ok(await contents.getByRole("link", { name: tag, exact: true }).isVisible());
  await page.getByRole("searchbox").fill("company-code");
  assert.ok(await page.locator('[data-key="path company-code"]').isVisible());
  assert.ok(!(await page.locator('[data-key="call holdings"]').isVisible()));
});

for (const colorScheme of ["light", "dark"]) {
  for (const width of [1440, 360]) {
    test(`axe-core objects to nothing and all fits, ${colorScheme}, ${width} pixels wide`, async () => {
      const { page } = await here.open({ colorScheme, viewport: { width, height: 800 } });
      await send(page, await filled(page, "holdings"));
      await page.evaluate(readFileSync(axePath, "utf8"));
      const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`), []);
      const [needed, given] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(needed <= given, `${needed} of ${given} pixels`);
    });
  }
}
