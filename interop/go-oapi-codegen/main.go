// Command go-oapi-codegen trades a request token for an access token with the client that oapi-codegen writes.
//
// It reads TORUS_BASE_URL, TORUS_API_KEY, TORUS_API_SECRET and TORUS_REQUEST_TOKEN, and prints the access token alone.
// Its exit code says what became of the request token: 0 traded, 3 not sent, 4 refused, 5 unknown.
//
// With the argument `account` it prints no token, but what it reads with it: one field of each kind that the document
// calls lenient, as lines of JSON. The exit code is 6 where the account cannot be read.
//
// With the argument `orderEntry` it sends the order in TORUS_ORDER with the access token in TORUS_ACCESS_TOKEN, and prints
// its number; with `holdings` it prints the ISIN of the first holding. The exit code says what became of that.
package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"os"
	"slices"
	"time"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/securityprovider"

	"interop/go-oapi-codegen/torus"
)

// What became of the request token, and of the account, as the exit code says it.
const (
	traded  = 0
	notSent = 3
	refused = 4
	unknown = 5
	notRead = 6
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	baseURL, accessToken := os.Getenv("TORUS_BASE_URL"), os.Getenv("TORUS_ACCESS_TOKEN")
	switch {
	case slices.Contains(os.Args, "orderEntry"):
		finish(place(ctx, baseURL, accessToken, os.Getenv("TORUS_ORDER")))
	case slices.Contains(os.Args, "holdings"):
		finish(firstHolding(ctx, baseURL, accessToken))
	}
	body := torus.GenerateSessionRequest{APIKEY: os.Getenv("TORUS_API_KEY"), APISECRET: new(os.Getenv("TORUS_API_SECRET"))}
	accessToken, outcome := trade(ctx, baseURL, os.Getenv("TORUS_REQUEST_TOKEN"), body)
	switch {
	case outcome != traded:
	case !slices.Contains(os.Args, "account"):
		finish(accessToken, outcome)
	default:
		if err := printAccount(ctx, baseURL, accessToken); err != nil {
			fmt.Fprintln(os.Stderr, err)
			outcome = notRead
		}
	}
	os.Exit(outcome)
}

// finish prints what there is where all went well, and ends the program.
func finish(found string, outcome int) {
	if outcome == traded {
		fmt.Println(found)
	}
	os.Exit(outcome)
}

// trade returns the access token, or what became of the request token.
func trade(ctx context.Context, baseURL, requestToken string, body torus.GenerateSessionRequest) (string, int) {
	token, err := securityprovider.NewSecurityProviderApiKey("header", "Token", requestToken)
	if err != nil {
		return "", notSent
	}
	client, err := torus.NewClientWithResponses(baseURL, torus.WithHTTPClient(stayingHere()), torus.WithRequestEditorFn(token.Intercept))
	if err != nil {
		return "", notSent
	}

	ctx, lost := watching(ctx)
	response, err := client.GenerateSession(ctx, body)
	if err != nil {
		return "", lost()
	}
	// Read apart from the call, because an error in the body would hide the status.
	reply, err := torus.ParseGenerateSessionReply(response)
	switch {
	case response.StatusCode != http.StatusOK:
		return "", outcomeOf(response)
	case err != nil || reply.JSON200 == nil || reply.JSON200.AccessToken == "":
		return "", unknown
	}
	return reply.JSON200.AccessToken, traded
}

// watching returns a context for one call, and what says how that ended where there is no reply.
func watching(ctx context.Context) (context.Context, func() int) {
	outcome := notSent
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { outcome = unknown }}
	return httptrace.WithClientTrace(ctx, trace), func() int { return outcome }
}

// stayingHere returns an HTTP client that follows no redirect: it would carry the secret and the token elsewhere.
func stayingHere() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// outcomeOf tells what a status other than 200 means for the request token.
func outcomeOf(response *http.Response) int {
	status := response.StatusCode
	asksToWait := status == http.StatusServiceUnavailable && response.Header.Get("Retry-After") != ""
	if asksToWait || status >= 300 && status < 500 {
		return refused
	}
	return unknown
}
