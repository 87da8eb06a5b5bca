// node generate-session.mjs    needs Node.js 18 or later
const {
  TORUS_BASE_URL = "https://connects.torusdigital.com/api/v1",
  TORUS_API_KEY = "",
  TORUS_API_SECRET = "",
  TORUS_REQUEST_TOKEN = "",
} = process.env;

// Checked here, because fetch would repeat the value of a bad header in its message.
for (const [name, value, pattern] of [
  ["TORUS_API_KEY", TORUS_API_KEY, /^[ -~]+$/],
  ["TORUS_API_SECRET", TORUS_API_SECRET, /^[ -~]+$/],
  ["TORUS_REQUEST_TOKEN", TORUS_REQUEST_TOKEN, /^[ -~]+$/],
]) {
  if (!pattern.test(value)) {
    throw new Error(`${name} is missing, or not what is sent: it does not match ${pattern}`);
  }
}

const reply = await fetch(`${TORUS_BASE_URL}/session/generate`, {
  method: "POST",
  headers: { "Content-Type": "application/json", Token: TORUS_REQUEST_TOKEN },
  body: JSON.stringify({ API_KEY: TORUS_API_KEY, API_SECRET: TORUS_API_SECRET }),
  redirect: "manual", // a redirect would carry what is secret elsewhere
  signal: AbortSignal.timeout(10_000), // milliseconds, to the last byte of the reply
});
if (reply.status !== 200) {
  throw new Error(`generateSession: HTTP ${reply.status}`);
}
// What the parser says of bad JSON repeats some of it.
const session = await reply.json().catch(() => null);
if (typeof session?.AccessToken !== "string" || !session.AccessToken) {
  throw new Error("generateSession: the reply holds no AccessToken");
}
console.log(session.AccessToken);
