package interop;

/** What became of a request token; the access token is null unless it was traded. */
public record Outcome(int exitCode, String accessToken) {
  public static final Outcome NOT_SENT = new Outcome(3, null);
  public static final Outcome REFUSED = new Outcome(4, null);
  public static final Outcome UNKNOWN = new Outcome(5, null);

  public static Outcome traded(String accessToken) {
    return accessToken == null || accessToken.isEmpty() ? UNKNOWN : new Outcome(0, accessToken);
  }

  /** Tells what a status other than 200 means. */
  public static Outcome ofStatus(int status, boolean retryAfter) {
    return status >= 300 && status < 500 || status == 503 && retryAfter ? REFUSED : UNKNOWN;
  }

  /** Tells what an exception without a status means. */
  public static Outcome ofCause(Throwable cause) {
    var neverConnected = cause instanceof java.net.ConnectException
        || cause instanceof java.net.UnknownHostException
        || cause instanceof javax.net.ssl.SSLHandshakeException;
    return neverConnected ? NOT_SENT : UNKNOWN;
  }
}
