/** The client on Node.js. */
import { readAccount } from "./account";
import { firstHolding, place } from "./order";
import { run } from "./protocol";
import { trade } from "./trade";

await run({ trade, readAccount, place, firstHolding });
