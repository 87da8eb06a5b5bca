// The daily login as a person does it: `torus-connect login`, the sandbox, and a real browser in between.
// `make login-test` says where they are.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach, before, beforeEach, test } from "node:test";

const require = createRequire(new URL("../../tools/node/package.json", import.meta.url));
const { chromium } = require("playwright-core");

const { COMMAND, CHROMIUM } = process.env;
const USER = "demo.user@example.com";
const ARGUMENTS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

let browser;
const running = new Set();

before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, chromiumSandbox: false, args: ARGUMENTS });
});
after(() => browser?.close());

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "torus-login-"));
});
afterEach(async () => {
  for (const each of running) each.kill("SIGKILL");
  running.clear();
  await rm(folder, { recursive: true });
});

// Runs the command; `lines` are those of its standard output as they come, `ended` is what there was in the end.
function run(args, env = {}) {
  const child = spawn(COMMAND, args, { stdio: ["ignore", "pipe", "pipe"], env: { PATH: process.env.PATH, HOME: folder, ...env } });
  running.add(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (data) => { said.out += data; });
  child.stderr.on("data", (data) => { said.err += data; });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "close").then(([code]) => {
    running.delete(child);
    return { code, ...said };
  });
  return { child, said, ended, next: async () => JSON.parse((await lines.next()).value) };
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

// A sandbox whose logins lead to `host`, and the login command that waits there.
async function start({ host = "127.0.0.1", command = ["--json", "--no-browser"], env = {}, redirect = true } = {}) {
  const port = await freePort();
  const end = redirect ? ["--redirect-url", `http://${host}:${port}/end`] : [];
  const sandbox = run(["sandbox", "--port", "0", "--json", ...end]);
  const place = await sandbox.next();
  const credentials = {
    TORUS_API_KEY: place.api_key,
    TORUS_API_SECRET: place.api_secret,
    TORUS_BASE_URL: place.base_url,
    TORUS_SESSION_STORE: `file:${folder}/sessions`,
  };
  const login = run(["login", "--port", `${port}`, "--path", "/end", ...command], { ...credentials, ...env });
  return { port, place, sandbox, login, credentials, origin: new URL(place.base_url).origin };
}

// A page in a profile of its own. `seen` is every URL and referrer that the browser sent, and what it complained of.
async function openPage() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  context.on("request", async (request) => {
    seen.requests.push({ url: request.url(), referrer: (await request.allHeaders()).referer ?? "" });
  });
  page.on("console", (message) => seen.complaints.push(message.text()));
  page.on("pageerror", (error) => seen.complaints.push(error.message));
  return { context, page, seen };
}

async function fillIn(page, origin, address) {
  await page.goto(address);
  await page.getByLabel("E-mail or mobile").fill(USER);
  await page.getByRole("button", { name: "Send a one-time password" }).click();
  const { otp } = await (await fetch(`${origin}/_sandbox/otp?user=${encodeURIComponent(USER)}`)).json();
  return otp;
}

async function enter(page, otp) {
  await page.getByLabel("One-time password").fill(otp);
  await page.getByRole("button", { name: "Log in" }).click();
}

// The entries of the session history, as the browser itself keeps them.
async function history(page) {
  const devtools = await page.context().newCDPSession(page);
  const { entries } = await devtools.send("Page.getNavigationHistory");
  return entries.map((entry) => `${entry.url} ${entry.userTypedURL} ${entry.title}`);
}

async function storedSession() {
  const files = await readdir(join(folder, "sessions"), { recursive: true });
  for (const file of files) {
    const text = await readFile(join(folder, "sessions", file), "utf8");
    if (text.includes("access_token")) return { path: join(folder, "sessions", file), ...JSON.parse(text) };
  }
  return undefined;
}

test("the user logs in, the session is stored, and the browser keeps nothing of the request token", async () => {
  const { place, origin, login, port, credentials } = await start();
  const first = await login.next();
  assert.deepEqual(first, { event: "login", login_url: place.login_url, redirect_url: `http://127.0.0.1:${port}/end` });
  const { page, seen } = await openPage();
  const otp = await fillIn(page, origin, first.login_url);
  assert.match(otp, /^\d{6}$/);

  await enter(page, otp === "000000" ? "000001" : "000000");
  await page.getByRole("alert").filter({ hasText: "That is not the one-time password." }).waitFor();
  await enter(page, otp);
  await page.getByText("The login came back. The program that waited for it goes on").waitFor();

  const session = await login.next();
  assert.deepEqual([session.event, session.new], ["session", true]);
  const { code, err } = await login.ended;
  assert.equal(code, 0, err);

  const stored = await storedSession();
  assert.match(stored.access_token, /^sandbox-access-token-/);
  assert.equal((await stat(stored.path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(folder, "sessions"))).mode & 0o777, 0o700);
  const token = await run(["session", "token"], credentials).ended;
  assert.equal(token.out, `${stored.access_token}\n`);

  // The request token was in exactly one address, and the page has taken it out of the history and of the address line.
  const secret = stored.access_token.replace("sandbox-access-token-", "");
  const carried = seen.requests.filter(({ url }) => url.includes(secret));
  assert.deepEqual(carried.map(({ url }) => new URL(url).pathname), ["/end"]);
  assert.equal(page.url(), `http://127.0.0.1:${port}/end`);
  assert.deepEqual((await history(page)).filter((entry) => /token/i.test(entry)), []);

  // Nor does the next page learn it, nor does going back bring it back.
  await page.evaluate((url) => { location.href = url; }, `${origin}/_sandbox/otp`);
  await page.waitForURL("**/_sandbox/otp");
  assert.equal(await page.evaluate(() => document.referrer), "");
  assert.deepEqual(seen.requests.filter(({ referrer }) => referrer.includes(secret)), []);
  const before = seen.requests.length;
  // Nobody listens there any more: what the browser asks for is answered in the place of the page that is gone.
  await page.route("**/end*", (route) => route.fulfill({ contentType: "text/html", body: "<title>gone</title>" }));
  await page.goBack();
  await page.waitForURL(`http://127.0.0.1:${port}/end`);
  assert.deepEqual(seen.requests.slice(before).filter(({ url }) => url.includes(secret)), []);
  assert.deepEqual((await history(page)).filter((entry) => entry.includes(secret)), []);
  assert.deepEqual(seen.complaints.filter((text) => !/422|favicon|ERR_CONNECTION_REFUSED/.test(text)), []);
  // The other side of the page: the command said nothing of it.
  assert.ok(!(login.said.out + login.said.err).includes(secret));
});

test("BROWSER is opened by the command itself", async () => {
  const mark = join(folder, "opened");
  const opener = join(folder, "browser");
  await writeFile(opener, `#!/bin/sh\nprintf '%s' "$1" > "${mark}.part" && mv "${mark}.part" "${mark}"\n`, { mode: 0o700 });
  const { origin, login } = await start({ command: [], env: { BROWSER: opener } });
  let url = "";
  while (!url) {
    url = await readFile(mark, "utf8").catch(() => "");
    assert.equal(login.child.exitCode, null, login.said.err);
    await new Promise((resolve) => { setTimeout(resolve, 20); });
  }
  const { page } = await openPage();
  await enter(page, await fillIn(page, origin, url));
  await page.getByText("The login came back.").waitFor();
  const { code, out, err } = await login.ended;
  assert.deepEqual([code, out], [0, ""]);
  assert.match(err, /Opening the login in the browser: .*\n.*Waiting for the login.*\n.*Logged in\./);
});

for (const host of ["localhost", "[::1]"]) {
  test(`the registered URL may be on ${host}`, async () => {
    const { origin, login } = await start({ host });
    const { page } = await openPage();
    await enter(page, await fillIn(page, origin, (await login.next()).login_url));
    await page.getByText("The login came back.").waitFor();
    assert.equal((await login.ended).code, 0);
  });
}

test("a request token in the fragment, which no server sees, is handed over by the page", async () => {
  const { origin, login, port } = await start();
  await login.next();
  const { request_token: token } = await (await fetch(`${origin}/_sandbox/request-tokens`, { method: "POST" })).json();
  const { page, seen } = await openPage();
  // As a login does it: what is typed into the address line, the browser remembers as typed.
  await page.route("http://login.example/", (route) => route.fulfill({
    status: 303, headers: { Location: `http://127.0.0.1:${port}/end#REQUEST_TOKEN=${token}` },
  }));
  await page.goto("http://login.example/");
  await page.getByText("The login came back.").waitFor();
  assert.equal((await login.ended).code, 0);
  assert.equal(page.url(), `http://127.0.0.1:${port}/end`);
  assert.deepEqual((await history(page)).filter((entry) => entry.includes(token)), []);
  assert.deepEqual(seen.complaints.filter((text) => !/favicon/.test(text)), []);
  assert.equal((await storedSession()).access_token, token.replace("request", "access"));
});

test("a page of another site can neither end the wait nor slip in a request token", async () => {
  const { origin, login, port } = await start();
  await login.next();
  const target = `http://127.0.0.1:${port}/end`;
  const { page } = await openPage();
  await page.route("http://evil.example/**", (route) => route.fulfill({
    contentType: "text/html",
    body: `<img src="${target}?error=1"><iframe src="${target}?REQUEST_TOKEN=evil"></iframe>
      <link rel="prefetch" href="${target}?REQUEST_TOKEN=evil"><script src="${target}?REQUEST_TOKEN=evil"></script>`,
  }));
  await page.goto("http://evil.example/", { waitUntil: "load" });
  await page.evaluate(async (url) => {
    for (const method of ["GET", "POST"]) {
      await fetch(url, { method, mode: "no-cors", body: method === "POST" ? "REQUEST_TOKEN=evil" : undefined }).catch(() => {});
    }
  }, `${target}?REQUEST_TOKEN=evil`);
  assert.equal(login.child.exitCode, null);
  await enter(page, await fillIn(page, origin, `${origin}/connect/login/sandbox-api-key`));
  await page.getByText("The login came back.").waitFor();
  assert.equal((await login.ended).code, 0);
  assert.match((await storedSession()).access_token, /^sandbox-access-token-[0-9a-f]{32}$/);
});

test("whoever cancels, or is wrong too often, gets no session", async () => {
  const { origin, login } = await start();
  const { login_url: address } = await login.next();
  const { page } = await openPage();
  const otp = await fillIn(page, origin, address);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await enter(page, otp === "000000" ? "000001" : "000000");
    await page.getByRole("alert").waitFor();
  }
  await page.getByRole("link", { name: "Start again" }).click();
  await page.getByLabel("E-mail or mobile").waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("The login failed.").waitFor();
  const { code, err } = await login.ended;
  assert.equal(code, 3);
  assert.match(err, /The login failed: the redirect carries an error/);
  assert.equal(await storedSession().catch(() => undefined), undefined);
});
