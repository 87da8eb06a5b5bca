/** How a driver is told what to trade, and tells what came of it. */
import process from "node:process";
import type { readAccount } from "./account";
import type { firstHolding, place } from "./order";
import type { Credentials, trade } from "./trade";

export type Calls = {
  trade: typeof trade;
  readAccount: typeof readAccount;
  place: typeof place;
  firstHolding: typeof firstHolding;
};
export type Task = [baseUrl: string, requestToken: string, credentials: Credentials];

/** What TORUS_BASE_URL, TORUS_REQUEST_TOKEN, TORUS_API_KEY and TORUS_API_SECRET ask for. */
export function task(): Task {
  const { TORUS_BASE_URL = "", TORUS_REQUEST_TOKEN = "", TORUS_API_KEY = "", TORUS_API_SECRET = "" } = process.env;
  return [TORUS_BASE_URL, TORUS_REQUEST_TOKEN, { API_KEY: TORUS_API_KEY, API_SECRET: TORUS_API_SECRET }];
}

/**
 * Prints the access token alone; the exit code is 0 traded, 3 not sent, 4 refused, 5 unknown. With the argument `account`
 * it prints what it reads with the token instead, as lines of JSON; the exit code is 6 where that cannot be read. With
 * `orderEntry` it sends the order in TORUS_ORDER with the token in TORUS_ACCESS_TOKEN, and prints its number; with
 * `holdings` it prints the ISIN of the first holding. The exit code says what became of that.
 */
export async function run(calls: Calls): Promise<void> {
  const asked = task();
  const { TORUS_ACCESS_TOKEN = "", TORUS_ORDER = "{}" } = process.env;
  if (process.argv.includes("orderEntry")) {
    return finish(await calls.place(asked[0], TORUS_ACCESS_TOKEN, JSON.parse(TORUS_ORDER)));
  }
  if (process.argv.includes("holdings")) return finish(await calls.firstHolding(asked[0], TORUS_ACCESS_TOKEN));
  const outcome = await calls.trade(...asked);
  if (typeof outcome === "string") {
    finish(outcome);
  } else if (!process.argv.includes("account")) {
    finish({ found: outcome.accessToken });
  } else {
    try {
      for (const field of await calls.readAccount(asked[0], outcome.accessToken)) console.log(JSON.stringify(field));
    } catch (error) {
      console.error(error);
      process.exitCode = 6;
    }
  }
}

function finish(outcome: Awaited<ReturnType<typeof place>>): void {
  if (typeof outcome === "string") process.exitCode = { "not sent": 3, refused: 4, unknown: 5 }[outcome];
  else console.log(outcome.found);
}
