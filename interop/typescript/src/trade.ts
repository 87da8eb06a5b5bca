/** The call, by openapi-fetch and the types that openapi-typescript writes; the same on Node.js and in a browser. */
import createClient from "openapi-fetch";
import type { components, paths } from "../build/torus";

export type Credentials = components["schemas"]["GenerateSessionRequest"];
export type Outcome = { accessToken: string } | "not sent" | "refused" | "unknown";

/** What Node.js says when there was no connection. A browser does not say why a request failed. */
const NEVER_CONNECTED = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"];

/** Trades a request token for an access token, at a base URL that ends in `/api/v1`; gives up after five seconds. */
export async function trade(baseUrl: string, requestToken: string, credentials: Credentials): Promise<Outcome> {
  let headers: Headers;
  try {
    headers = new Headers({ Token: requestToken });
  } catch {
    return "not sent"; // it cannot be sent as a header
  }
  const client = createClient<paths>({
    baseUrl,
    redirect: "manual", // a redirect would carry the secret and the token elsewhere
    credentials: "omit",
    cache: "no-store",
  });
  try {
    const signal = AbortSignal.timeout(5_000);
    const { data, response } = await client.POST("/session/generate", { body: credentials, headers, signal });
    if (response.status !== 200) return outcomeOf(response);
    const accessToken: unknown = data?.AccessToken; // nothing checks a type at run time
    return typeof accessToken === "string" && accessToken !== "" ? { accessToken } : "unknown";
  } catch (error) {
    return neverConnected(error) ? "not sent" : "unknown";
  }
}

/** Tells what a status other than 200 means. A redirect that a browser did not follow has the status 0. */
export function outcomeOf({ status, type, headers }: Response): "refused" | "unknown" {
  if (type === "opaqueredirect" || (status >= 300 && status < 500)) return "refused";
  return status === 503 && headers.has("Retry-After") ? "refused" : "unknown";
}

export function neverConnected(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && NEVER_CONNECTED.includes(String(cause.code));
}
