//! The call, by the client that OpenAPI Generator writes.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use torus::apis::Error;
use torus::apis::configuration::{ApiKey, Configuration};
use torus::apis::session_api::{GenerateSessionError, generate_session};
use torus::models::GenerateSessionRequest;

/// What became of a request token that was not traded.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    NotSent,
    Refused,
    Unknown,
}

/// Trades a request token for an access token, at a base URL that ends in `/api/v1`.
pub fn trade(base_url: &str, request_token: &str, credentials: GenerateSessionRequest) -> Result<String, Outcome> {
    let client = Client::builder()
        .timeout(Duration::from_secs(10))
        // A redirect would carry the secret and the token elsewhere. An error, because the generated client takes
        // a 3xx for a success.
        .redirect(Policy::custom(|attempt| attempt.error("not followed")))
        .build()
        .map_err(|_| Outcome::NotSent)?;
    let configuration = Configuration {
        base_path: base_url.to_owned(),
        api_key: Some(ApiKey {
            prefix: None,
            key: request_token.to_owned(),
        }),
        client,
        ..Configuration::default()
    };
    match generate_session(&configuration, credentials) {
        Ok(session) if session.access_token.is_empty() => Err(Outcome::Unknown),
        Ok(session) => Ok(session.access_token),
        Err(error) => Err(outcome_of(&error)),
    }
}

/// Tells what an error means. The generated client keeps no headers, so a `Retry-After` beside a 503 is not seen.
fn outcome_of(error: &Error<GenerateSessionError>) -> Outcome {
    match error {
        Error::Reqwest(cause) if cause.is_builder() || cause.is_connect() => Outcome::NotSent,
        Error::Reqwest(cause) if cause.is_redirect() => Outcome::Refused,
        Error::ResponseError(reply) if reply.status < StatusCode::INTERNAL_SERVER_ERROR => Outcome::Refused,
        _ => Outcome::Unknown,
    }
}
