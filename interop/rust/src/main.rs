//! Trades a request token for an access token, and reads the account with that.
//!
//! Reads `TORUS_BASE_URL`, `TORUS_API_KEY`, `TORUS_API_SECRET` and `TORUS_REQUEST_TOKEN`, and prints the access token
//! alone. The exit code says what became of the request token: 0 traded, 3 not sent, 4 refused, 5 unknown.
//!
//! With the argument `account` it prints no token, but what it reads with it: one field of each kind that the document
//! calls lenient, as lines of JSON. The exit code is 6 where the account cannot be read.
//!
//! With `orderEntry` it sends the order in `TORUS_ORDER` with the access token in `TORUS_ACCESS_TOKEN`, and prints its
//! number; with `holdings` it prints the ISIN of the first holding. The exit code says what became of that.

use std::env::{args, var};
use std::process::ExitCode;

use interop_rust::{Outcome, account, first_holding, place, trade};
use torus::models::GenerateSessionRequest;

fn main() -> ExitCode {
    let [base_url, key, secret, request_token] = [
        "TORUS_BASE_URL",
        "TORUS_API_KEY",
        "TORUS_API_SECRET",
        "TORUS_REQUEST_TOKEN",
    ]
    .map(|name| var(name).unwrap_or_default());
    let [bearer, order] = ["TORUS_ACCESS_TOKEN", "TORUS_ORDER"].map(|name| var(name).unwrap_or_default());
    let found = match args().nth(1).as_deref() {
        Some("orderEntry") => place(&base_url, bearer, &order),
        Some("holdings") => first_holding(&base_url, bearer),
        _ => trade(&base_url, &request_token, GenerateSessionRequest::new(key, secret)),
    };
    match found {
        Ok(access_token) if args().any(|argument| argument == "account") => match account(&base_url, access_token) {
            Ok(fields) => {
                fields.iter().for_each(|field| println!("{field}"));
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::from(6)
            }
        },
        Ok(found) => {
            println!("{found}");
            ExitCode::SUCCESS
        }
        Err(Outcome::NotSent) => ExitCode::from(3),
        Err(Outcome::Refused) => ExitCode::from(4),
        Err(Outcome::Unknown) => ExitCode::from(5),
    }
}
