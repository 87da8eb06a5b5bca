// A person gets a demo request token, sends, and sees the access token, or why there is none.

import assert from "node:assert/strict";
import { test } from "node:test";

import { consoleOf, fillIn, send, stage } from "./support.mjs";

const here = stage();
const token = (page) => page.locator("output[data-reply=AccessToken]");
const refusal = (page) => page.locator(".verdict.bad");

test("the demo values yield an access token, once", async () => {
  const { page, seen } = await here.open();
  await fillIn(page);
  const requestToken = await page.getByLabel("Token", { exact: false }).and(page.locator("input")).last().inputValue();
  await send(page);
  assert.equal(await token(page).textContent(), requestToken.replace("request-token", "access-token"));
  assert.match(await page.locator(".verdict.good").textContent(), /^200 OK/);
  await send(page);
  assert.match(await refusal(page).textContent(), /^409 Conflict.*Refused\..*has been exchanged before.*token_used$/);
  assert.equal(await token(page).count(), 0);
  assert.deepEqual(seen.complaints.filter((text) => !text.includes("409 (Conflict)")), []);
});

test("a demo code yields an access token, once", async () => {
  const { page } = await here.open();
  const form = consoleOf(page, "/api/v1/session/totp/generate");
  await form.getByRole("button", { name: "Fill in demo values" }).click();
  await page.getByText("Filled in").waitFor();
  assert.match(await form.locator("input[name=TOTP]").inputValue(), /^[0-9]{6}$/);
  await form.getByRole("button", { name: "Send" }).click();
  assert.match(await token(page).textContent(), /^sandbox-access-token-/);
  await form.getByRole("button", { name: "Send" }).click();
  assert.match(await refusal(page).textContent(), /^425 .*Refused\..*has been used before.*totp_used$/);
});

const REFUSALS = [
  ["a wrong secret", { API_SECRET: "demo-wrong-secret-not-real" }, /^403 Forbidden.*not those of this sandbox.*credentials_wrong$/],
  ["an unknown request token", { Token: "demo-unknown-token-not-real" }, /^401 Unauthorized.*token_unknown$/],
  ["no request token", { Token: "" }, /^400 Bad Request.*exactly one Token header.*token_missing$/],
  ["no API key", { API_KEY: "" }, /^422 .*body_malformed$/],
];

for (const [what, values, expected] of REFUSALS) {
  test(`${what} is refused, in the words of the sandbox`, async () => {
    const { page } = await here.open();
    await fillIn(page);
    for (const [name, value] of Object.entries(values)) await consoleOf(page).locator(`input[name=${name}]`).fill(value);
    await send(page);
    assert.match(await refusal(page).textContent(), expected);
    for (const value of Object.values(values).filter(Boolean)) {
      assert.ok(!(await page.locator("body").innerText()).includes(value), "what was typed is repeated");
    }
  });
}

test("a header that cannot be sent, and a sandbox that is gone, are no reply", async () => {
  const { page, context } = await here.open();
  await fillIn(page);
  await page.locator("input[name=Token]").fill("demo-टोकन-not-real");
  await send(page);
  assert.match(await refusal(page).textContent(), /^No reply/);
  await context.setOffline(true);
  await page.getByRole("button", { name: "Get a demo request token" }).click();
  assert.match(await refusal(page).textContent(), /^No reply.*Is the sandbox running\?$/);
});

test("each value is hidden until it is shown", async () => {
  const { page } = await here.open();
  for (const name of ["API_KEY", "API_SECRET", "Token"]) {
    const input = consoleOf(page).locator(`input[name=${name}]`);
    assert.equal(await input.getAttribute("type"), "password");
    await consoleOf(page).getByRole("button", { name: `Show ${name}` }).click();
    assert.equal(await input.getAttribute("type"), "text");
    await consoleOf(page).getByRole("button", { name: `Hide ${name}` }).click();
    assert.equal(await input.getAttribute("type"), "password");
  }
});

test("nothing is stored, and no value is in the page but where it belongs", async () => {
  const { page, context, seen } = await here.open();
  await fillIn(page);
  const values = await consoleOf(page).locator("input").evaluateAll((inputs) => inputs.map((input) => input.value));
  await send(page);
  const accessToken = await token(page).textContent();
  const stored = await page.evaluate(async () => [
    localStorage.length, sessionStorage.length, document.cookie, (await indexedDB.databases()).length,
    (await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length, location.href,
  ]);
  assert.deepEqual(stored, [0, 0, "", 0, 0, 0, `${here.origin}/`]);
  assert.deepEqual(await context.cookies(), []);
  const content = await page.content();
  for (const value of values) assert.ok(value && !content.includes(value));
  assert.equal(content.split(accessToken).length, 2, "the access token is there more than once");
  for (const value of [...values, accessToken]) assert.ok(seen.requests.every((url) => !url.includes(value)));
  await page.reload();
  const left = await consoleOf(page).locator("input").evaluateAll((inputs) => inputs.map((input) => input.value));
  assert.deepEqual(left, ["", "", ""]);
});

test("the login page of the sandbox is a click away", async () => {
  const { page } = await here.open();
  await consoleOf(page).getByRole("link", { name: "its login page" }).click();
  await page.getByLabel("E-mail or mobile").waitFor();
  assert.equal(page.url(), `${here.origin}/_sandbox/sso`);
});
