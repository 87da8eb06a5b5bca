// go run generate_session.go    needs Go 1.22 or later
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"time"
)

func main() {
	accessToken, err := generateSession()
	if err != nil {
		fmt.Fprintln(os.Stderr, "generateSession:", err)
		os.Exit(1)
	}
	fmt.Println(accessToken)
}

func generateSession() (string, error) {
	if !regexp.MustCompile(`^[ -~]+$`).MatchString(os.Getenv("TORUS_API_KEY")) {
		return "", errors.New("TORUS_API_KEY is missing, or not printable ASCII")
	}
	if !regexp.MustCompile(`^[ -~]+$`).MatchString(os.Getenv("TORUS_API_SECRET")) {
		return "", errors.New("TORUS_API_SECRET is missing, or not printable ASCII")
	}
	if !regexp.MustCompile(`^[ -~]+$`).MatchString(os.Getenv("TORUS_REQUEST_TOKEN")) {
		return "", errors.New("TORUS_REQUEST_TOKEN is missing, or not printable ASCII")
	}
	body, err := json.Marshal(map[string]any{"API_KEY": os.Getenv("TORUS_API_KEY"), "API_SECRET": os.Getenv("TORUS_API_SECRET")})
	if err != nil {
		return "", err
	}
	base := cmp.Or(os.Getenv("TORUS_BASE_URL"), "https://connects.torusdigital.com/api/v1")
	request, err := http.NewRequest("POST", base+`/session/generate`, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Token", os.Getenv("TORUS_REQUEST_TOKEN")) // bare, without Bearer

	client := &http.Client{
		Timeout: 10 * time.Second,
		// A redirect would carry what is secret elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != 200 {
		return "", fmt.Errorf("HTTP %d", response.StatusCode)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return "", err
	}
	var session struct{ AccessToken string }
	if err := json.Unmarshal(content, &session); err != nil || session.AccessToken == "" {
		return "", errors.New("the reply holds no AccessToken")
	}
	return session.AccessToken, nil
}
