package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"interop/go-openapi-generator/torus"
)

// success is the word of a reply that says so.
const success = "success"

// place sends an order, once, and returns its number, or what became of it.
func place(ctx context.Context, baseURL, accessToken, order string) (string, int) {
	var data torus.OrderEntryRequestData
	if err := json.Unmarshal([]byte(order), &data); err != nil {
		return "", notSent
	}
	ctx, account := accountOf(ctx, baseURL, accessToken)
	ctx, lost := watching(ctx)
	answer, response, err := account.OrderEntry(ctx).OrderEntryRequest(*torus.NewOrderEntryRequest("M", data)).Execute()
	switch {
	case response == nil:
		return "", lost()
	case response.StatusCode != http.StatusOK:
		body, _ := io.ReadAll(response.Body) // it was read, and put back
		return "", outcomeOfOrder(response, body)
	case err != nil || answer.GetStatus() != success:
		return "", unknown
	}
	for _, row := range answer.GetData() {
		if row.GetOrderNo() != "" {
			return row.GetOrderNo(), traded
		}
	}
	return "", unknown
}

// firstHolding returns the ISIN of the first holding, or what became of the call.
func firstHolding(ctx context.Context, baseURL, accessToken string) (string, int) {
	ctx, account := accountOf(ctx, baseURL, accessToken)
	ctx, lost := watching(ctx)
	holdings, response, err := account.Holdings(ctx).SourceRequest(*torus.NewSourceRequest("N")).Execute()
	switch {
	case response == nil:
		return "", lost()
	case response.StatusCode != http.StatusOK:
		return "", outcomeOf(response)
	case err != nil || len(holdings.GetData()) == 0:
		return "", unknown
	}
	return holdings.GetData()[0].GetIsinCode(), traded
}

// outcomeOfOrder tells what a status other than 200 means for an order: it may be there after a 303 or a 503, too.
func outcomeOfOrder(response *http.Response, body []byte) int {
	saysNo := response.StatusCode > 303 && response.StatusCode < 500
	if saysNo && !bytes.Contains(body, []byte(`"order_no"`)) {
		return refused
	}
	return unknown
}
