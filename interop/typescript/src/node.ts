/** The client on Node.js. */
import { readAccount } from "./account";
import { run } from "./protocol";
import { trade } from "./trade";

await run(trade, readAccount);
