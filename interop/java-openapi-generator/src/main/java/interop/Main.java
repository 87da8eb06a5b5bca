package interop;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import torus.ApiException;

/**
 * Trades a request token for an access token, and reads the account with that.
 *
 * <p>Reads TORUS_BASE_URL, TORUS_API_KEY, TORUS_API_SECRET and TORUS_REQUEST_TOKEN, and prints the access token alone.
 * The exit code says what became of the request token, as {@link Outcome} does.
 *
 * <p>With the argument {@code account} it prints no token, but what {@link Account} reads with it. The exit code is 6 where
 * the account cannot be read.
 *
 * <p>With {@code orderEntry} it sends the order in TORUS_ORDER with the access token in TORUS_ACCESS_TOKEN, and prints its
 * number; with {@code holdings} it prints the ISIN of the first holding. The exit code says what became of that.
 */
public final class Main {
  private static final int SECONDS = 12;
  private static final int NOT_READ = 6;

  public static void main(String[] args) {
    var baseUrl = System.getenv("TORUS_BASE_URL");
    var trade = new Trade(baseUrl, System.getenv("TORUS_API_KEY"), System.getenv("TORUS_API_SECRET"));
    var order = new Order(baseUrl, System.getenv("TORUS_ACCESS_TOKEN"));
    Supplier<Outcome> call = switch (args.length > 0 ? args[0] : "") {
      case "orderEntry" -> () -> order.place(System.getenv("TORUS_ORDER"));
      case "holdings" -> order::firstHolding;
      default -> () -> trade.of(System.getenv("TORUS_REQUEST_TOKEN"));
    };
    // The timeouts of the client begin anew with each byte; this one does not.
    var outcome = CompletableFuture.supplyAsync(call)
        .completeOnTimeout(Outcome.UNKNOWN, SECONDS, TimeUnit.SECONDS)
        .join();
    if (outcome.found() == null) {
      System.exit(outcome.exitCode());
    }
    if (!List.of(args).contains("account")) {
      System.out.println(outcome.found());
      System.exit(0);
    }
    try {
      Account.print(trade.baseUrl(), outcome.found());
      System.exit(0);
    } catch (ApiException | RuntimeException error) {
      System.err.println(error);
      System.exit(NOT_READ);
    }
  }

  private Main() {}
}
