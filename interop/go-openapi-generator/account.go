package main

import (
	"context"
	"encoding/json"
	"os"

	"interop/go-openapi-generator/torus"
)

// accountOf returns the calls that send the access token, and the context that has it.
func accountOf(ctx context.Context, baseURL, accessToken string) (context.Context, *torus.AccountAPIService) {
	configuration := torus.NewConfiguration()
	configuration.Servers = torus.ServerConfigurations{{URL: baseURL}}
	configuration.HTTPClient = stayingHere()
	return context.WithValue(ctx, torus.ContextAccessToken, accessToken), torus.NewAPIClient(configuration).AccountAPI
}

// printAccount reads the holdings and the order book, and prints one field of each lenient kind.
func printAccount(ctx context.Context, baseURL, accessToken string) error {
	ctx, account := accountOf(ctx, baseURL, accessToken)
	asked := *torus.NewSourceRequest("N")
	holdings, _, err := account.Holdings(ctx).SourceRequest(asked).Execute()
	if err != nil {
		return err
	}
	orders, _, err := account.OrderBook(ctx).SourceRequest(asked).Execute()
	if err != nil {
		return err
	}
	holding, order := holdings.GetData()[0], orders.GetData()[0]
	printField[string]("id", "nse_security_id", holding.GetNseSecurityId())
	printField[float64]("decimal", "cost_price", holding.GetCostPrice())
	printField[int64]("integer", "nse_tick_size", holding.GetNseTickSize())
	printField[string]("india-datetime", "order_date_time", order.GetOrderDateTime())
	printField[string]("india-date", "good_till_days_date", order.GetGoodTillDaysDate())
	return nil
}

// printField prints one field; the type stands for that of the generated model.
func printField[T any](kind, name string, value T) {
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"kind": kind, "field": name, "value": value})
}
