package interop;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Trades a request token for an access token.
 *
 * <p>Reads TORUS_BASE_URL, TORUS_API_KEY, TORUS_API_SECRET and TORUS_REQUEST_TOKEN, and prints the access token alone.
 * The exit code says what became of the request token, as {@link Outcome} does.
 */
public final class Main {
  private static final int SECONDS = 12;

  public static void main(String[] args) {
    var trade = new Trade(System.getenv("TORUS_BASE_URL"), System.getenv("TORUS_API_KEY"), System.getenv("TORUS_API_SECRET"));
    // The timeouts of the client begin anew with each byte; this one does not.
    var outcome = CompletableFuture.supplyAsync(() -> trade.of(System.getenv("TORUS_REQUEST_TOKEN")))
        .completeOnTimeout(Outcome.UNKNOWN, SECONDS, TimeUnit.SECONDS)
        .join();
    if (outcome.accessToken() != null) {
      System.out.println(outcome.accessToken());
    }
    System.exit(outcome.exitCode());
  }

  private Main() {}
}
