/** Trades a request token for an access token on Node.js. */
import { report, task } from "./protocol";
import { trade } from "./trade";

report(await trade(...task()));
