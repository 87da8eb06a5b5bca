/** What the access token opens: the holdings and the order book, by openapi-fetch. */
import createClient from "openapi-fetch";
import type { paths } from "../build/torus";

export type Field = { kind: string; field: string; value: string | number | null | undefined };

/** Reads one field of each kind that the document calls lenient; throws where the account cannot be read. */
export async function readAccount(baseUrl: string, accessToken: string): Promise<Field[]> {
  const client = createClient<paths>({
    baseUrl,
    redirect: "manual", // a redirect would carry the token elsewhere
    credentials: "omit",
    cache: "no-store",
    headers: { Authorization: `Bearer ${accessToken}` },
  });
  const asked = { body: { source: "N" }, signal: AbortSignal.timeout(5_000) };
  const holding = (await client.POST("/holdings/", asked)).data?.data?.[0];
  const order = (await client.POST("/order/book", asked)).data?.data?.[0];
  if (!holding || !order) throw new Error("there is no holding, or no order");
  // The types are those of the document. Nothing checks them at run time.
  const securityId: string | null | undefined = holding.nse_security_id;
  const costPrice: number | null | undefined = holding.cost_price;
  const tickSize: number | null | undefined = holding.nse_tick_size;
  const orderDateTime: string | null | undefined = order.order_date_time;
  const goodTillDate: string | null | undefined = order.good_till_days_date;
  return [
    { kind: "id", field: "nse_security_id", value: securityId },
    { kind: "decimal", field: "cost_price", value: costPrice },
    { kind: "integer", field: "nse_tick_size", value: tickSize },
    { kind: "india-datetime", field: "order_date_time", value: orderDateTime },
    { kind: "india-date", field: "good_till_days_date", value: goodTillDate },
  ];
}
