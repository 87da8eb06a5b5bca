// go run generate_session_with_totp.go    needs Go 1.22 or later
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
	accessToken, err := generateSessionWithTotp()
	if err != nil {
		fmt.Fprintln(os.Stderr, "generateSessionWithTotp:", err)
		os.Exit(1)
	}
	fmt.Println(accessToken)
}

func generateSessionWithTotp() (string, error) {
	if !regexp.MustCompile(`^[ -~]+$`).MatchString(os.Getenv("TORUS_API_KEY")) {
		return "", errors.New("TORUS_API_KEY is missing, or not printable ASCII")
	}
	if !regexp.MustCompile(`^[0-9]{6,8}$`).MatchString(os.Getenv("TORUS_TOTP")) {
		return "", errors.New("TORUS_TOTP is missing, or does not match ^[0-9]{6,8}$")
	}
	body, err := json.Marshal(map[string]any{"API_KEY": os.Getenv("TORUS_API_KEY"), "TOTP": os.Getenv("TORUS_TOTP")})
	if err != nil {
		return "", err
	}
	base := cmp.Or(os.Getenv("TORUS_TOTP_BASE_URL"), "https://oapi-cug.torusdigital.com/api/v1")
	request, err := http.NewRequest("POST", base+`/session/totp/generate`, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")

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
