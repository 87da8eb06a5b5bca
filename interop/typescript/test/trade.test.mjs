import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const DRIVER = fileURLToPath(new URL("../build/node.mjs", import.meta.url));

test("it sends what the spec says", async () => {
  const requests = [];
  const server = await serving(requests, 200, { AccessToken: "demo-access-token-not-real" });
  assert.deepEqual(await run(server), { code: 0, output: "demo-access-token-not-real\n" });
  const body = { API_KEY: "demo-api-key", API_SECRET: "demo-api-secret-not-real" };
  assert.deepEqual(requests, [["POST", "/api/v1/session/generate", "demo-request-token", body]]);
  server.close();
});

test("a redirect is a refusal", async () => {
  const requests = [];
  const server = await serving(requests, 307, {});
  assert.deepEqual(await run(server), { code: 4, output: "" });
  assert.equal(requests.length, 1);
  server.close();
});

test("without a connection nothing is sent", async () => {
  const server = await serving([], 200, {});
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  assert.deepEqual(await run({ address: () => ({ port }) }), { code: 3, output: "" });
});

async function serving(requests, status, reply) {
  const server = createServer(async (request, response) => {
    const body = (await request.toArray()).join("");
    requests.push([request.method, request.url, request.headers.token, JSON.parse(body)]);
    const headers = { "Content-Type": "application/json", Location: "/elsewhere", Connection: "close" };
    response.writeHead(status, headers).end(JSON.stringify(reply));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function run(server) {
  const env = {
    TORUS_BASE_URL: `http://127.0.0.1:${server.address().port}/api/v1`,
    TORUS_API_KEY: "demo-api-key",
    TORUS_API_SECRET: "demo-api-secret-not-real",
    TORUS_REQUEST_TOKEN: "demo-request-token",
  };
  return new Promise((done) => {
    execFile(process.execPath, [DRIVER], { env }, (error, output) => done({ code: error?.code ?? 0, output }));
  });
}
