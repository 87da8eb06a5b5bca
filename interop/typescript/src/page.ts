/** The client in a page: what `browser.ts` calls there. */
import { readAccount } from "./account";
import { trade } from "./trade";

declare global {
  var trade: typeof import("./trade").trade;
  var readAccount: typeof import("./account").readAccount;
}
Object.assign(globalThis, { trade, readAccount });
