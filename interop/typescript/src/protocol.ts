/** How a driver is told what to trade, and tells what came of it. */
import process from "node:process";
import type { Credentials, Outcome } from "./trade";

export type Task = [baseUrl: string, requestToken: string, credentials: Credentials];

/** What TORUS_BASE_URL, TORUS_REQUEST_TOKEN, TORUS_API_KEY and TORUS_API_SECRET ask for. */
export function task(): Task {
  const { TORUS_BASE_URL = "", TORUS_REQUEST_TOKEN = "", TORUS_API_KEY = "", TORUS_API_SECRET = "" } = process.env;
  return [TORUS_BASE_URL, TORUS_REQUEST_TOKEN, { API_KEY: TORUS_API_KEY, API_SECRET: TORUS_API_SECRET }];
}

/** Prints the access token alone; the exit code is 0 traded, 3 not sent, 4 refused, 5 unknown. */
export function report(outcome: Outcome): void {
  if (typeof outcome === "object") console.log(outcome.accessToken);
  else process.exitCode = { "not sent": 3, refused: 4, unknown: 5 }[outcome];
}
