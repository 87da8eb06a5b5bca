package interop;

import com.google.gson.JsonParseException;
import torus.ApiClient;
import torus.ApiException;
import torus.api.SessionApi;
import torus.model.GenerateSessionRequest;

/** The call, by the client that Swagger Codegen writes. */
public record Trade(String baseUrl, String apiKey, String apiSecret) {
  private static final int MILLISECONDS = 10_000;

  public Outcome of(String requestToken) {
    var client = client(baseUrl);
    client.setApiKey(requestToken);
    try {
      var reply = new SessionApi(client)
          .generateSessionWithHttpInfo(new GenerateSessionRequest().API_KEY(apiKey).API_SECRET(apiSecret));
      var session = reply.getData();
      return reply.getStatusCode() == 200 && session != null ? Outcome.traded(session.getAccessToken()) : Outcome.UNKNOWN;
    } catch (ApiException error) {
      return outcomeOf(error);
    } catch (JsonParseException error) {
      return Outcome.UNKNOWN; // thrown as it is, for a 200 that is no JSON
    } catch (IllegalArgumentException error) {
      return Outcome.NOT_SENT; // a header or URL that cannot be sent
    }
  }

  static Outcome outcomeOf(ApiException error) {
    return error.getCode() == 0 ? Outcome.ofCause(error.getCause()) : Outcome.ofStatus(error.getCode(), asksToWait(error));
  }

  static boolean asksToWait(ApiException error) {
    return error.getResponseHeaders().keySet().stream().anyMatch("Retry-After"::equalsIgnoreCase);
  }

  static ApiClient client(String baseUrl) {
    var client = new ApiClient()
        .setBasePath(baseUrl)
        .setConnectTimeout(MILLISECONDS / 2)
        .setReadTimeout(MILLISECONDS)
        .setWriteTimeout(MILLISECONDS);
    client.getHttpClient().setRetryOnConnectionFailure(false); // it may have been served
    client.getHttpClient().setFollowRedirects(false); // a redirect would carry the secret and the token elsewhere
    client.getHttpClient().setFollowSslRedirects(false);
    return client;
  }
}
