use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use interop_rust::{Outcome, trade};
use torus::models::GenerateSessionRequest;

const BODY: &str = r#"{"API_KEY":"demo-api-key","API_SECRET":"demo-api-secret-not-real"}"#;

#[test]
fn it_sends_what_the_spec_says() {
    let reply = r#"{"AccessToken": "demo-access-token-not-real"}"#;
    let (outcome, request) = played("200 OK", reply);
    assert_eq!(outcome.as_deref(), Ok("demo-access-token-not-real"));
    let request = request.to_lowercase();
    assert!(
        request.starts_with("post /api/v1/session/generate http/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("\r\ntoken: demo-request-token\r\n"), "{request}");
    assert!(request.ends_with(&BODY.to_lowercase()), "{request}");
}

#[test]
fn a_redirect_is_a_refusal() {
    // The listener accepts one connection: a client that followed would be stuck, and fail.
    assert_eq!(played("307 Temporary Redirect", "{}").0, Err(Outcome::Refused));
}

#[test]
fn without_a_connection_nothing_is_sent() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(traded_at(port), Err(Outcome::NotSent));
}

fn traded_at(port: u16) -> Result<String, Outcome> {
    let credentials = GenerateSessionRequest::new("demo-api-key".into(), "demo-api-secret-not-real".into());
    trade(
        &format!("http://127.0.0.1:{port}/api/v1"),
        "demo-request-token",
        credentials,
    )
}

/// Answers one request, and returns what the client made of it and the request.
fn played(status: &'static str, body: &'static str) -> (Result<String, Outcome>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut part = [0; 4096];
        while !request.ends_with(BODY.as_bytes()) {
            let length = stream.read(&mut part).unwrap();
            assert_ne!(length, 0, "{}", String::from_utf8_lossy(&request));
            request.extend_from_slice(&part[..length]);
        }
        let length = body.len();
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nLocation: /elsewhere\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        String::from_utf8(request).unwrap()
    });
    let outcome = traded_at(port);
    (outcome, server.join().unwrap())
}
