/** An order and a read, with an access token that is there already; the same on Node.js and in a browser. */
import createClient from "openapi-fetch";
import type { components, paths } from "../build/torus";
import { neverConnected, outcomeOf } from "./trade";

export type Order = components["schemas"]["OrderEntryRequest"]["data"];
export type Found = { found: string } | "not sent" | "refused" | "unknown";

/** Sends an order, once, and returns its number, or what became of it. */
export async function place(baseUrl: string, accessToken: string, data: Order): Promise<Found> {
  try {
    const signal = AbortSignal.timeout(5_000);
    const sent = await clientOf(baseUrl, accessToken).POST("/order/entry", { body: { source: "M", data }, signal });
    if (sent.response.status !== 200) return outcomeOfOrder(sent.response, sent.error);
    const { status, data: rows } = sent.data ?? {};
    const number = status === "success" ? rows?.[0]?.order_no : undefined;
    return number ? { found: number } : "unknown";
  } catch (error) {
    return neverConnected(error) ? "not sent" : "unknown";
  }
}

/** Returns the ISIN of the first holding, or what became of the call. */
export async function firstHolding(baseUrl: string, accessToken: string): Promise<Found> {
  try {
    const signal = AbortSignal.timeout(5_000);
    const { data, response } = await clientOf(baseUrl, accessToken).POST("/holdings/", { body: { source: "N" }, signal });
    if (response.status !== 200) return outcomeOf(response);
    const isin = data?.data?.[0]?.isin_code;
    return isin ? { found: isin } : "unknown";
  } catch (error) {
    return neverConnected(error) ? "not sent" : "unknown";
  }
}

function clientOf(baseUrl: string, accessToken: string) {
  return createClient<paths>({
    baseUrl,
    redirect: "manual", // a redirect would carry the token elsewhere
    credentials: "omit",
    cache: "no-store",
    headers: { Authorization: `Bearer ${accessToken}` },
  });
}

/** Tells what a status other than 200 means for an order: it may be there after a 303 (a browser hides it) or a 503. */
function outcomeOfOrder({ status }: Response, error: unknown): Found {
  const saysNo = status > 303 && status < 500;
  return saysNo && !JSON.stringify(error ?? "").includes('"order_no"') ? "refused" : "unknown";
}
