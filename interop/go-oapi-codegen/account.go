package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/securityprovider"

	"interop/go-oapi-codegen/torus"
)

// clientOf returns a client that sends the access token.
func clientOf(baseURL, accessToken string) (*torus.ClientWithResponses, error) {
	bearer, err := securityprovider.NewSecurityProviderBearerToken(accessToken)
	if err != nil {
		return nil, err
	}
	return torus.NewClientWithResponses(baseURL, torus.WithHTTPClient(stayingHere()), torus.WithRequestEditorFn(bearer.Intercept))
}

// printAccount reads the holdings and the order book, and prints one field of each lenient kind.
func printAccount(ctx context.Context, baseURL, accessToken string) error {
	client, err := clientOf(baseURL, accessToken)
	if err != nil {
		return err
	}
	asked := torus.SourceRequest{Source: "N"}
	holdings, err := client.HoldingsWithResponse(ctx, asked)
	if err != nil {
		return err
	}
	orders, err := client.OrderBookWithResponse(ctx, asked)
	if err != nil {
		return err
	}
	if holdings.JSON200 == nil || orders.JSON200 == nil {
		return fmt.Errorf("holdings: %s, order book: %s", holdings.Status(), orders.Status())
	}
	holding, order := (*holdings.JSON200.Data)[0], (*orders.JSON200.Data)[0]
	printField[string]("id", "nse_security_id", holding.NseSecurityId)
	printField[float64]("decimal", "cost_price", holding.CostPrice)
	printField[int64]("integer", "nse_tick_size", holding.NseTickSize)
	printField[string]("india-datetime", "order_date_time", order.OrderDateTime)
	printField[string]("india-date", "good_till_days_date", order.GoodTillDaysDate)
	return nil
}

// printField prints one field; the type stands for that of the generated model.
func printField[T any](kind, name string, value *T) {
	_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"kind": kind, "field": name, "value": value})
}
