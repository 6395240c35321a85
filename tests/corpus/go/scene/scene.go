// Package scene marks scenarios in a program's output and has what several programs need.
package scene

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// Begin names the scenario of the lines that follow.
func Begin(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, "@@ "+format+"\n", arguments...)
}

// Trust is the set of authorities that the peers' good certificates come from.
func Trust() *x509.CertPool {
	pool := x509.NewCertPool()
	pem, err := os.ReadFile(os.Getenv("CORPUS_CA"))
	if err != nil {
		panic(err)
	}
	pool.AppendCertsFromPEM(pem)
	return pool
}

// Client gives up after the limit.
func Client(limit time.Duration) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: Trust()}
	transport.DisableKeepAlives = true
	return &http.Client{Timeout: limit, Transport: transport}
}

// Get fails on every answer that is no success, as most programs do.
func Get(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err != nil {
		return fmt.Errorf("reading body: %w", err)
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("unexpected status %s from %s", answer.Status, url)
	}
	return nil
}

// Case is a URL that fails in its own way.
type Case struct {
	Name, URL string
}

// HTTP has a case for every way in which an HTTP call fails.
var HTTP = []Case{
	{"refused", "http://inventory.internal:8081/v1/stock/42"},
	{"connect-timeout", "http://legacy.internal/export.csv"},
	{"unreachable", "http://nas.internal:5000/share"},
	{"no-route", "https://cdn.example.com/lib/app.js"},
	{"nxdomain", "https://checkout.shop.invalid/health"},
	{"servfail", "https://hooks.broken-zone.example/in"},
	{"silent-resolver", "https://tracker.slow-zone.example/pixel"},
	{"nodata", "http://mx-only.example.com/"},
	{"response-timeout", "http://inventory.internal:8080/v1/silent"},
	{"body-timeout", "http://files.example.org:8080/v1/slow-body"},
	{"eof", "http://payments.internal:8080/v1/eof"},
	{"reset", "http://payments.internal:8080/v1/reset"},
	{"truncated", "http://files.example.org:8080/v1/truncated"},
	{"chunk-cut", "http://files.example.org:8080/v1/chunk-cut"},
	{"bad-chunk", "http://files.example.org:8080/v1/bad-chunk"},
	{"reset-in-body", "http://files.example.org:8080/v1/reset-in-body"},
	{"loop", "http://users-api.example.com:8080/v1/loop"},
	{"garbage", "http://users-api.example.com:8080/v1/garbage"},
	{"bad-gzip", "http://users-api.example.com:8080/v1/bad-gzip"},
	{"401", "http://users-api.example.com:8080/v1/401"},
	{"403", "http://users-api.example.com:8080/v1/403"},
	{"404", "http://users-api.example.com:8080/v1/404"},
	{"429", "http://users-api.example.com:8080/v1/429"},
	{"500", "http://users-api.example.com:8080/v1/500"},
	{"502", "http://users-api.example.com:8080/v1/502"},
	{"503", "http://users-api.example.com:8080/v1/503"},
	{"504", "http://users-api.example.com:8080/v1/504"},
	{"expired", "https://login.partner.example/oauth/token"},
	{"self-signed", "https://wiki.corp.example/"},
	{"name", "https://shop.example.com/cart"},
	{"unknown", "https://artifacts.corp.example/maven2/"},
	{"future", "https://licence.vendor.example/check"},
	{"client-certificate", "https://gateway.bank.example/transfer"},
	{"old", "https://old.vendor.example/feed"},
	{"tls-eof", "https://edge.example.net/"},
	{"tls-silent", "https://edge2.example.net/"},
	{"tls-alert", "https://edge3.example.net/"},
	{"tls-plain", "https://inventory.internal/"},
	{"plain-tls", "http://api.example.com:443/"},
	{"fine", "https://api.example.com/v1/ok"},
	{"no-scheme", "inventory.internal/v1/stock"},
}
