// node generate-session-with-totp.mjs    needs Node.js 18 or later
const {
  TORUS_TOTP_BASE_URL = "https://oapi-cug.torusdigital.com/api/v1",
  TORUS_API_KEY = "",
  TORUS_TOTP = "",
} = process.env;

// Checked here, because fetch would repeat the value of a bad header in its message.
for (const [name, value, pattern] of [
  ["TORUS_API_KEY", TORUS_API_KEY, /^[ -~]+$/],
  ["TORUS_TOTP", TORUS_TOTP, /^[0-9]{6,8}$/],
]) {
  if (!pattern.test(value)) {
    throw new Error(`${name} is missing, or not what is sent: it does not match ${pattern}`);
  }
}

const reply = await fetch(`${TORUS_TOTP_BASE_URL}/session/totp/generate`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ API_KEY: TORUS_API_KEY, TOTP: TORUS_TOTP }),
  redirect: "manual", // a redirect would carry what is secret elsewhere
  signal: AbortSignal.timeout(10_000), // milliseconds, to the last byte of the reply
});
if (reply.status !== 200) {
  throw new Error(`generateSessionWithTotp: HTTP ${reply.status}`);
}
// What the parser says of bad JSON repeats some of it.
const session = await reply.json().catch(() => null);
if (typeof session?.AccessToken !== "string" || !session.AccessToken) {
  throw new Error("generateSessionWithTotp: the reply holds no AccessToken");
}
console.log(session.AccessToken);
