/** The client in a page: what `browser.ts` calls there. */
import { readAccount } from "./account";
import { firstHolding, place } from "./order";
import { trade } from "./trade";

declare global {
  var trade: typeof import("./trade").trade;
  var readAccount: typeof import("./account").readAccount;
  var place: typeof import("./order").place;
  var firstHolding: typeof import("./order").firstHolding;
}
Object.assign(globalThis, { trade, readAccount, place, firstHolding });
