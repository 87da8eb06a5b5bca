package interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TradeTest {
  private final List<String> requests = new ArrayList<>();
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void itSendsWhatTheSpecSays() {
    answer(200, "{\"AccessToken\": \"demo-access-token-not-real\"}");
    assertEquals(Outcome.traded("demo-access-token-not-real"), trade());
    assertEquals(List.of("POST /api/v1/session/generate [demo-request-token] "
        + "{\"API_KEY\":\"demo-api-key\",\"API_SECRET\":\"demo-api-secret-not-real\"}"), requests);
  }

  @Test
  void aRedirectIsARefusal() {
    answer(307, "");
    assertEquals(Outcome.REFUSED, trade());
    assertEquals(1, requests.size());
  }

  @Test
  void withoutAConnectionNothingIsSent() {
    server.stop(0);
    assertEquals(Outcome.NOT_SENT, trade());
  }

  private Outcome trade() {
    var baseUrl = "http://127.0.0.1:" + server.getAddress().getPort() + "/api/v1";
    return new Trade(baseUrl, "demo-api-key", "demo-api-secret-not-real").of("demo-request-token");
  }

  private void answer(int status, String body) {
    server.createContext("/", exchange -> {
      var sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.add(String.join(" ", exchange.getRequestMethod(), exchange.getRequestURI().toString(),
          String.valueOf(exchange.getRequestHeaders().get("Token")), sent));
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.getResponseHeaders().set("Location", "/elsewhere");
      exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.length());
      exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
      exchange.close();
    });
  }
}
