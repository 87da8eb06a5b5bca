/** How a driver is told what to trade, and tells what came of it. */
import process from "node:process";
import type { readAccount } from "./account";
import type { Credentials, trade } from "./trade";

export type Task = [baseUrl: string, requestToken: string, credentials: Credentials];

/** What TORUS_BASE_URL, TORUS_REQUEST_TOKEN, TORUS_API_KEY and TORUS_API_SECRET ask for. */
export function task(): Task {
  const { TORUS_BASE_URL = "", TORUS_REQUEST_TOKEN = "", TORUS_API_KEY = "", TORUS_API_SECRET = "" } = process.env;
  return [TORUS_BASE_URL, TORUS_REQUEST_TOKEN, { API_KEY: TORUS_API_KEY, API_SECRET: TORUS_API_SECRET }];
}

/**
 * Prints the access token alone; the exit code is 0 traded, 3 not sent, 4 refused, 5 unknown. With the argument `account`
 * it prints what it reads with the token instead, as lines of JSON; the exit code is 6 where that cannot be read.
 */
export async function run(trading: typeof trade, reading: typeof readAccount): Promise<void> {
  const asked = task();
  const outcome = await trading(...asked);
  if (typeof outcome === "string") {
    process.exitCode = { "not sent": 3, refused: 4, unknown: 5 }[outcome];
  } else if (!process.argv.includes("account")) {
    console.log(outcome.accessToken);
  } else {
    try {
      for (const field of await reading(asked[0], outcome.accessToken)) console.log(JSON.stringify(field));
    } catch (error) {
      console.error(error);
      process.exitCode = 6;
    }
  }
}
