package interop;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import torus.ApiException;

/**
 * Trades a request token for an access token, and reads the account with that.
 *
 * <p>Reads TORUS_BASE_URL, TORUS_API_KEY, TORUS_API_SECRET and TORUS_REQUEST_TOKEN, and prints the access token alone.
 * The exit code says what became of the request token, as {@link Outcome} does.
 *
 * <p>With the argument {@code account} it prints no token, but what {@link Account} reads with it. The exit code is 6 where
 * the account cannot be read.
 */
public final class Main {
  private static final int SECONDS = 12;
  private static final int NOT_READ = 6;

  public static void main(String[] args) {
    var trade = new Trade(System.getenv("TORUS_BASE_URL"), System.getenv("TORUS_API_KEY"), System.getenv("TORUS_API_SECRET"));
    // The timeouts of the client begin anew with each byte; this one does not.
    var outcome = CompletableFuture.supplyAsync(() -> trade.of(System.getenv("TORUS_REQUEST_TOKEN")))
        .completeOnTimeout(Outcome.UNKNOWN, SECONDS, TimeUnit.SECONDS)
        .join();
    if (outcome.accessToken() == null) {
      System.exit(outcome.exitCode());
    }
    if (!List.of(args).contains("account")) {
      System.out.println(outcome.accessToken());
      System.exit(0);
    }
    try {
      Account.print(trade.baseUrl(), outcome.accessToken());
      System.exit(0);
    } catch (ApiException | RuntimeException error) {
      System.err.println(error);
      System.exit(NOT_READ);
    }
  }

  private Main() {}
}
