package interop;

/** What became of a call; what was found, such as the access token, is null unless it went well. */
public record Outcome(int exitCode, String found) {
  public static final Outcome NOT_SENT = new Outcome(3, null);
  public static final Outcome REFUSED = new Outcome(4, null);
  public static final Outcome UNKNOWN = new Outcome(5, null);

  public static Outcome traded(String found) {
    return found == null || found.isEmpty() ? UNKNOWN : new Outcome(0, found);
  }

  /** Tells what a status other than 200 means. */
  public static Outcome ofStatus(int status, boolean retryAfter) {
    return status >= 300 && status < 500 || status == 503 && retryAfter ? REFUSED : UNKNOWN;
  }

  /** Tells what a status other than 200 means for an order: it may be there after a 303 or a 503, too. */
  public static Outcome ofOrder(int status, String body) {
    var saysNo = status > 303 && status < 500;
    return saysNo && (body == null || !body.contains("\"order_no\"")) ? REFUSED : UNKNOWN;
  }

  /** Tells what an exception without a status means. */
  public static Outcome ofCause(Throwable cause) {
    var neverConnected = cause instanceof java.net.ConnectException
        || cause instanceof java.net.UnknownHostException
        || cause instanceof javax.net.ssl.SSLHandshakeException;
    return neverConnected ? NOT_SENT : UNKNOWN;
  }
}
