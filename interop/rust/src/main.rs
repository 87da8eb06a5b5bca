//! Trades a request token for an access token, and reads the account with that.
//!
//! Reads `TORUS_BASE_URL`, `TORUS_API_KEY`, `TORUS_API_SECRET` and `TORUS_REQUEST_TOKEN`, and prints the access token
//! alone. The exit code says what became of the request token: 0 traded, 3 not sent, 4 refused, 5 unknown.
//!
//! With the argument `account` it prints no token, but what it reads with it: one field of each kind that the document
//! calls lenient, as lines of JSON. The exit code is 6 where the account cannot be read.

use std::env::{args, var};
use std::process::ExitCode;

use interop_rust::{Outcome, account, trade};
use torus::models::GenerateSessionRequest;

fn main() -> ExitCode {
    let [base_url, key, secret, request_token] = [
        "TORUS_BASE_URL",
        "TORUS_API_KEY",
        "TORUS_API_SECRET",
        "TORUS_REQUEST_TOKEN",
    ]
    .map(|name| var(name).unwrap_or_default());
    match trade(&base_url, &request_token, GenerateSessionRequest::new(key, secret)) {
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
        Ok(access_token) => {
            println!("{access_token}");
            ExitCode::SUCCESS
        }
        Err(Outcome::NotSent) => ExitCode::from(3),
        Err(Outcome::Refused) => ExitCode::from(4),
        Err(Outcome::Unknown) => ExitCode::from(5),
    }
}
