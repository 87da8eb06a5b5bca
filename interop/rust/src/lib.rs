//! The calls, by the client that OpenAPI Generator writes.

use std::error::Error as StdError;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::blocking::Client;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use torus::apis::Error;
use torus::apis::account_api::{holdings, order_book, order_entry};
use torus::apis::configuration::{ApiKey, Configuration};
use torus::apis::session_api::generate_session;
use torus::models::{GenerateSessionRequest, OrderEntryRequest, SourceRequest};

/// What became of a request token that was not traded, or of another call without a result.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    NotSent,
    Refused,
    Unknown,
}

/// Trades a request token for an access token, at a base URL that ends in `/api/v1`.
pub fn trade(base_url: &str, request_token: &str, credentials: GenerateSessionRequest) -> Result<String, Outcome> {
    let configuration = Configuration {
        api_key: Some(ApiKey {
            prefix: None,
            key: request_token.to_owned(),
        }),
        ..configuration(base_url).map_err(|_| Outcome::NotSent)?
    };
    match generate_session(&configuration, credentials) {
        Ok(session) if session.access_token.is_empty() => Err(Outcome::Unknown),
        Ok(session) => Ok(session.access_token),
        Err(error) => Err(outcome_of(&error)),
    }
}

/// Reads the holdings and the order book, and returns one field of each kind that the document calls lenient.
pub fn account(base_url: &str, access_token: String) -> Result<[Value; 5], Box<dyn StdError>> {
    let configuration = Configuration {
        bearer_access_token: Some(access_token),
        ..configuration(base_url)?
    };
    let asked = SourceRequest::new("N".to_owned());
    let holdings = holdings(&configuration, asked.clone())?.data.flatten();
    let orders = order_book(&configuration, asked)?.data.flatten();
    let holding = holdings.and_then(|rows| rows.into_iter().next()).ok_or("no holding")?;
    let order = orders.and_then(|rows| rows.into_iter().next()).ok_or("no order")?;
    // The types are those of the generated models.
    let security_id: Option<String> = holding.nse_security_id.flatten();
    let cost_price: Option<f64> = holding.cost_price.flatten();
    let tick_size: Option<i64> = holding.nse_tick_size.flatten();
    let order_date_time: Option<String> = order.order_date_time.flatten();
    let good_till_date: Option<String> = order.good_till_days_date.flatten();
    Ok([
        json!({"kind": "id", "field": "nse_security_id", "value": security_id}),
        json!({"kind": "decimal", "field": "cost_price", "value": cost_price}),
        json!({"kind": "integer", "field": "nse_tick_size", "value": tick_size}),
        json!({"kind": "india-datetime", "field": "order_date_time", "value": order_date_time}),
        json!({"kind": "india-date", "field": "good_till_days_date", "value": good_till_date}),
    ])
}

/// Sends an order, once, and returns its number.
pub fn place(base_url: &str, access_token: String, order: &str) -> Result<String, Outcome> {
    let data = serde_json::from_str(order).map_err(|_| Outcome::NotSent)?;
    let configuration = Configuration {
        bearer_access_token: Some(access_token),
        ..configuration(base_url).map_err(|_| Outcome::NotSent)?
    };
    match order_entry(&configuration, OrderEntryRequest::new("M".to_owned(), data)) {
        Ok(answer) if answer.status == Some(Some("success".to_owned())) => {
            let row = answer.data.flatten().and_then(|rows| rows.into_iter().next());
            row.and_then(|row| row.order_no.flatten()).ok_or(Outcome::Unknown)
        }
        Ok(_) => Err(Outcome::Unknown),
        Err(error) => Err(outcome_of_order(&error)),
    }
}

/// Returns the ISIN of the first holding.
pub fn first_holding(base_url: &str, access_token: String) -> Result<String, Outcome> {
    let configuration = Configuration {
        bearer_access_token: Some(access_token),
        ..configuration(base_url).map_err(|_| Outcome::NotSent)?
    };
    let rows = holdings(&configuration, SourceRequest::new("N".to_owned()))
        .map_err(|error| outcome_of(&error))?
        .data;
    let first = rows.flatten().and_then(|rows| rows.into_iter().next());
    first.and_then(|row| row.isin_code.flatten()).ok_or(Outcome::Unknown)
}

fn configuration(base_url: &str) -> reqwest::Result<Configuration> {
    let client = Client::builder()
        .timeout(Duration::from_secs(10))
        // A redirect would carry the secret and the token elsewhere. An error, because the generated client takes
        // a 3xx for a success.
        .redirect(Policy::custom(|attempt| attempt.error("not followed")))
        .build()?;
    Ok(Configuration {
        base_path: base_url.to_owned(),
        client,
        ..Configuration::default()
    })
}

/// Tells what an error means. The generated client keeps no headers, so a `Retry-After` beside a 503 is not seen.
fn outcome_of<T>(error: &Error<T>) -> Outcome {
    match error {
        Error::Reqwest(cause) if cause.is_builder() || cause.is_connect() => Outcome::NotSent,
        Error::Reqwest(cause) if cause.is_redirect() => Outcome::Refused,
        Error::ResponseError(reply) if reply.status < StatusCode::INTERNAL_SERVER_ERROR => Outcome::Refused,
        _ => Outcome::Unknown,
    }
}

/// Tells what an error means for an order. It may be there after some redirects, and the status of a redirect is not seen.
fn outcome_of_order<T>(error: &Error<T>) -> Outcome {
    match error {
        Error::Reqwest(cause) if cause.is_redirect() => Outcome::Unknown,
        Error::ResponseError(reply) if reply.content.contains("\"order_no\"") => Outcome::Unknown,
        _ => outcome_of(error),
    }
}
