package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	"interop/go-oapi-codegen/torus"
)

// success is the word of a reply that says so.
const success = "success"

// place sends an order, once, and returns its number, or what became of it.
func place(ctx context.Context, baseURL, accessToken, order string) (string, int) {
	client, err := clientOf(baseURL, accessToken)
	if err != nil {
		return "", notSent
	}
	body := torus.OrderEntryRequest{Source: "M"}
	if err := json.Unmarshal([]byte(order), &body.Data); err != nil {
		return "", notSent
	}
	ctx, lost := watching(ctx)
	response, err := client.OrderEntry(ctx, body)
	if err != nil {
		return "", lost()
	}
	reply, err := torus.ParseOrderEntryReply(response)
	if reply == nil {
		reply = &torus.OrderEntryReply{}
	}
	if response.StatusCode != http.StatusOK {
		return "", outcomeOfOrder(response, reply.Body)
	}
	answer := reply.JSON200
	if err != nil || answer == nil || answer.Status == nil || *answer.Status != success || answer.Data == nil {
		return "", unknown
	}
	for _, row := range *answer.Data {
		if row.OrderNo != nil {
			return *row.OrderNo, traded
		}
	}
	return "", unknown
}

// firstHolding returns the ISIN of the first holding, or what became of the call.
func firstHolding(ctx context.Context, baseURL, accessToken string) (string, int) {
	client, err := clientOf(baseURL, accessToken)
	if err != nil {
		return "", notSent
	}
	ctx, lost := watching(ctx)
	response, err := client.Holdings(ctx, torus.SourceRequest{Source: "N"})
	if err != nil {
		return "", lost()
	}
	if response.StatusCode != http.StatusOK {
		return "", outcomeOf(response)
	}
	reply, err := torus.ParseHoldingsReply(response)
	if err != nil || reply.JSON200 == nil || reply.JSON200.Data == nil || len(*reply.JSON200.Data) == 0 {
		return "", unknown
	}
	return *(*reply.JSON200.Data)[0].IsinCode, traded
}

// outcomeOfOrder tells what a status other than 200 means for an order: it may be there after a 303 or a 503, too.
func outcomeOfOrder(response *http.Response, body []byte) int {
	saysNo := response.StatusCode > 303 && response.StatusCode < 500
	if saysNo && !bytes.Contains(body, []byte(`"order_no"`)) {
		return refused
	}
	return unknown
}
