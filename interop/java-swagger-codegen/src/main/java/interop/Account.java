package interop;

import com.google.gson.Gson;
import torus.ApiException;
import torus.api.AccountApi;
import torus.model.SourceRequest;

/** What the access token opens: the holdings and the order book, by the client that Swagger Codegen writes. */
final class Account {

  /** One field, as it is printed. */
  private record Field(String kind, String field, Object value) {}

  /** Prints one field of each kind that the document calls lenient, as lines of JSON. */
  static void print(String baseUrl, String accessToken) throws ApiException {
    var client = Trade.client(baseUrl);
    client.setAccessToken(accessToken);
    var account = new AccountApi(client);
    var asked = new SourceRequest().source("N");
    var holding = account.holdings(asked).getData().get(0);
    var order = account.orderBook(asked).getData().get(0);
    // The types are those of the generated models.
    String securityId = holding.getNseSecurityId();
    Double costPrice = holding.getCostPrice();
    Long tickSize = holding.getNseTickSize();
    String orderDateTime = order.getOrderDateTime();
    String goodTillDate = order.getGoodTillDaysDate();
    print(new Field("id", "nse_security_id", securityId));
    print(new Field("decimal", "cost_price", costPrice));
    print(new Field("integer", "nse_tick_size", tickSize));
    print(new Field("india-datetime", "order_date_time", orderDateTime));
    print(new Field("india-date", "good_till_days_date", goodTillDate));
  }

  private static void print(Field field) {
    System.out.println(new Gson().toJson(field));
  }

  private Account() {}
}
