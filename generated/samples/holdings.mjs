// node holdings.mjs    needs Node.js 18 or later
const {
  TORUS_BASE_URL = "https://connects.torusdigital.com/api/v1",
  TORUS_ACCESS_TOKEN = "",
} = process.env;

// Checked here, because fetch would repeat the value of a bad header in its message.
for (const [name, value, pattern] of [
  ["TORUS_ACCESS_TOKEN", TORUS_ACCESS_TOKEN, /^[ -~]+$/],
]) {
  if (!pattern.test(value)) {
    throw new Error(`${name} is missing, or not what is sent: it does not match ${pattern}`);
  }
}

const reply = await fetch(`${TORUS_BASE_URL}/holdings/`, {
  method: "POST",
  headers: { "Content-Type": "application/json", Authorization: `Bearer ${TORUS_ACCESS_TOKEN}` },
  body: JSON.stringify({ source: "N" }),
  redirect: "manual", // a redirect would carry what is secret elsewhere
  signal: AbortSignal.timeout(10_000), // milliseconds, to the last byte of the reply
});
if (reply.status !== 200) {
  throw new Error(`holdings: HTTP ${reply.status}`);
}
// What the parser says of bad JSON repeats some of it.
const text = await reply.text();
const content = await new Response(text).json().catch(() => null);
if (content === null || ["error"].includes(content.status)) {
  throw new Error("holdings: the reply says that it failed, or is not JSON");
}
console.log(text);
