/** The client in a page: what `browser.ts` calls there. */
import { trade } from "./trade";

declare global {
  var trade: typeof import("./trade").trade;
}
globalThis.trade = trade;
