package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"interop/go-oapi-codegen/torus"
)

var credentials = torus.GenerateSessionRequest{APIKEY: "demo-api-key", APISECRET: new("demo-api-secret-not-real")}

func TestItSendsWhatTheSpecSays(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		var body map[string]string
		if err := json.Unmarshal(sent, &body); err != nil {
			t.Error(err)
		}
		if r.URL.Path != "/api/v1/session/generate" || r.Header.Get("Token") != "demo-request-token" ||
			body["API_KEY"] != "demo-api-key" || body["API_SECRET"] != "demo-api-secret-not-real" {
			t.Errorf("%s %s %s", r.URL, r.Header, sent)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"AccessToken": "demo-access-token-not-real"}`)
	}))
	defer server.Close()

	accessToken, outcome := trade(context.Background(), server.URL+"/api/v1", "demo-request-token", credentials)
	if accessToken != "demo-access-token-not-real" || outcome != traded {
		t.Errorf("%q, %d", accessToken, outcome)
	}
}

func TestARedirectIsARefusal(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer server.Close()

	if _, outcome := trade(context.Background(), server.URL, "demo-request-token", credentials); outcome != refused || requests != 1 {
		t.Errorf("outcome %d, %d requests", outcome, requests)
	}
}

func TestWithoutAConnectionNothingIsSent(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()

	if _, outcome := trade(context.Background(), server.URL, "demo-request-token", credentials); outcome != notSent {
		t.Errorf("outcome %d", outcome)
	}
}
