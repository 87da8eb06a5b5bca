package interop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.net.http.HttpClient;
import java.time.Duration;
import torus.ApiClient;
import torus.ApiException;
import torus.api.SessionApi;
import torus.model.GenerateSessionRequest;

/** The call, by the client that OpenAPI Generator writes. */
public record Trade(String baseUrl, String apiKey, String apiSecret) {

  public Outcome of(String requestToken) {
    var client = client(baseUrl, strictly(ApiClient.createDefaultObjectMapper()))
        .setRequestInterceptor(request -> request.header("Token", requestToken));
    try {
      var reply = new SessionApi(client)
          .generateSessionWithHttpInfo(new GenerateSessionRequest().API_KEY(apiKey).API_SECRET(apiSecret));
      var session = reply.getData();
      return reply.getStatusCode() == 200 && session != null ? Outcome.traded(session.getAccessToken()) : Outcome.UNKNOWN;
    } catch (ApiException error) {
      return outcomeOf(error);
    } catch (IllegalArgumentException error) {
      return Outcome.NOT_SENT; // a header or URL that cannot be sent
    }
  }

  static Outcome outcomeOf(ApiException error) {
    return error.getCode() == 0 ? Outcome.ofCause(error.getCause()) : Outcome.ofStatus(error.getCode(), asksToWait(error));
  }

  static boolean asksToWait(ApiException error) {
    return error.getResponseHeaders().firstValue("Retry-After").isPresent();
  }

  static ApiClient client(String baseUrl, ObjectMapper mapper) {
    var http = HttpClient.newBuilder()
        // A plain request: over http:// the client would ask for HTTP/2 otherwise.
        .version(HttpClient.Version.HTTP_1_1)
        // A redirect would carry the secret and the token elsewhere.
        .followRedirects(HttpClient.Redirect.NEVER);
    return new ApiClient(http, mapper, baseUrl)
        .setConnectTimeout(Duration.ofSeconds(5))
        .setReadTimeout(Duration.ofSeconds(10));
  }

  /** Lets no number and no boolean pass for an access token. */
  private static ObjectMapper strictly(ObjectMapper mapper) {
    mapper.coercionConfigFor(LogicalType.Textual)
        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    return mapper;
  }
}
