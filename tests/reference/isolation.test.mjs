// No request leaves for another origin, and the policy of the page stops one that would.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { fillIn, send, stage } from "./support.mjs";

const here = stage();

// Another origin: it notes what arrives.
const elsewhere = { arrived: new Set() };
const server = createServer((request, response) => {
  response.setHeader("Access-Control-Allow-Origin", "*").end();
  note(request);
}).on("upgrade", (request, socket) => {
  socket.destroy();
  note(request);
});

function note({ url }) {
  elsewhere.arrived.add(url);
  server.emit(url);
}

before(async () => {
  await once(server.listen(0, "127.0.0.1"), "listening");
  elsewhere.origin = `http://127.0.0.1:${server.address().port}`;
});

after(() => server.close().closeAllConnections());

// Every way that a script in the page could try; each ends when it is over.
const ATTEMPTS = {
  fetch: (url) => fetch(url).catch(() => {}),
  beacon: (url) => void navigator.sendBeacon(url, "demo"),
  socket: (url) => new Promise((resolve) => {
    new WebSocket(url.replace("http", "ws")).onerror = resolve;
  }),
  events: (url) => new Promise((resolve) => {
    const source = new EventSource(url);
    source.onerror = () => resolve(source.close());
  }),
  image: (url) => new Promise((resolve) => {
    const image = new Image();
    image.onload = image.onerror = resolve;
    image.src = url;
  }),
  sheet: (url) => new Promise((resolve) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url, onload: resolve, onerror: resolve });
    document.head.append(link);
  }),
  frame: (url) => new Promise((resolve) => {
    const frame = Object.assign(document.createElement("iframe"), { src: url, onload: resolve });
    document.body.append(frame);
  }),
};

const attempt = (page, name, path) => page.evaluate(`(${ATTEMPTS[name]})("${elsewhere.origin}${path}")`);

test("all that a person does here goes to the sandbox", async () => {
  const { page, seen } = await here.open();
  await fillIn(page);
  await send(page);
  await page.locator("output[data-reply]").waitFor();
  await page.getByRole("searchbox").fill("request token");
  for (const tab of await page.getByRole("tab").all()) await tab.click();
  const paths = seen.requests.map((url) => url.replace(here.origin, ""));
  assert.deepEqual(paths, ["/", "/_sandbox/credentials", "/_sandbox/request-tokens", "/api/v1/session/generate"]);
  assert.deepEqual(seen.blocked, []);
});

for (const name of Object.keys(ATTEMPTS)) {
  test(`the policy stops: ${name}`, async () => {
    const { page } = await here.open();
    const path = `/stopped/${name}`;
    const stopped = page.evaluate(() => new Promise((resolve) => {
      addEventListener("securitypolicyviolation", (event) => resolve(event.blockedURI), { once: true });
    }));
    await attempt(page, name, path);
    assert.equal(new URL(await stopped).host, new URL(elsewhere.origin).host);
    assert.ok(!elsewhere.arrived.has(path));
  });

  test(`without the policy it would get through: ${name}`, async () => {
    const { page } = await here.open({ bypassCSP: true });
    const path = `/let/${name}`;
    const arrives = once(server, path);
    await attempt(page, name, path);
    await arrives;
  });
}

test("the policy stops a planted style, and a script even before it is planted", async () => {
  const { page, seen } = await here.open();
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement("style"), { textContent: "h1 { display: none }" }));
  });
  assert.ok(await page.getByRole("heading", { level: 1 }).isVisible());
  assert.deepEqual(new Set(seen.blocked), new Set(["inline"]));
  for (const plant of [
    () => (document.createElement("script").text = "document.title = 'planted'"),
    () => document.body.setAttribute("onclick", "document.title = 'planted'"),
    () => (document.body.innerHTML = "<h1>planted</h1>"),
  ]) {
    await assert.rejects(page.evaluate(plant), /Trusted(Script|HTML)/);
  }
  assert.notEqual(await page.title(), "planted");
});

test("no page may frame it", async () => {
  const reply = await fetch(here.origin);
  assert.match(reply.headers.get("Content-Security-Policy"), /; frame-ancestors 'none'$/);
});
