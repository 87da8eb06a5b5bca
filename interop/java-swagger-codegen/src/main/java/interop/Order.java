package interop;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import torus.ApiException;
import torus.api.AccountApi;
import torus.model.OrderEntryRequest;
import torus.model.OrderEntryRequestData;
import torus.model.SourceRequest;

/** An order and a read, with an access token that is there already. */
record Order(String baseUrl, String accessToken) {

  /** Sends an order, once; what is found is its number. */
  Outcome place(String order) {
    try {
      var data = new Gson().fromJson(order, OrderEntryRequestData.class);
      var reply = account().orderEntryWithHttpInfo(new OrderEntryRequest().source("M").data(data));
      var answer = reply.getData();
      var isSuccess = reply.getStatusCode() == 200 && answer != null && "success".equals(answer.getStatus());
      var rows = isSuccess ? answer.getData() : null;
      return rows == null || rows.isEmpty() ? Outcome.UNKNOWN : Outcome.traded(rows.get(0).getOrderNo());
    } catch (ApiException error) {
      return error.getCode() == 0
          ? Outcome.ofCause(error.getCause())
          : Outcome.ofOrder(error.getCode(), error.getResponseBody());
    } catch (JsonParseException error) {
      return Outcome.UNKNOWN; // thrown as it is, for a 200 that is no JSON
    }
  }

  /** Reads the holdings; what is found is the ISIN of the first one. */
  Outcome firstHolding() {
    try {
      var reply = account().holdingsWithHttpInfo(new SourceRequest().source("N"));
      var rows = reply.getStatusCode() == 200 && reply.getData() != null ? reply.getData().getData() : null;
      return rows == null || rows.isEmpty() ? Outcome.UNKNOWN : Outcome.traded(rows.get(0).getIsinCode());
    } catch (ApiException error) {
      return Trade.outcomeOf(error);
    } catch (JsonParseException error) {
      return Outcome.UNKNOWN; // thrown as it is, for a 200 that is no JSON
    }
  }

  private AccountApi account() {
    var client = Trade.client(baseUrl);
    client.setAccessToken(accessToken);
    return new AccountApi(client);
  }
}
