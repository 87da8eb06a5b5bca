// go run holdings.go    needs Go 1.22 or later
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
	"slices"
	"time"
)

func main() {
	reply, err := holdings()
	if err != nil {
		fmt.Fprintln(os.Stderr, "holdings:", err)
		os.Exit(1)
	}
	fmt.Println(reply)
}

func holdings() (string, error) {
	if !regexp.MustCompile(`^[ -~]+$`).MatchString(os.Getenv("TORUS_ACCESS_TOKEN")) {
		return "", errors.New("TORUS_ACCESS_TOKEN is missing, or not printable ASCII")
	}
	body, err := json.Marshal(map[string]any{"source": "N"})
	if err != nil {
		return "", err
	}
	base := cmp.Or(os.Getenv("TORUS_BASE_URL"), "https://connects.torusdigital.com/api/v1")
	request, err := http.NewRequest("POST", base+`/holdings/`, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+os.Getenv("TORUS_ACCESS_TOKEN"))

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
	content, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return "", err
	}
	var reply map[string]any
	if err := json.Unmarshal(content, &reply); err != nil {
		return "", errors.New("the reply is not a JSON object")
	}
	if slices.Contains([]any{"error"}, reply["status"]) {
		return "", errors.New("the reply says that it failed")
	}
	return string(content), nil
}
