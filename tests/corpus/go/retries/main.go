// Command retries uses the libraries that retry and log it themselves.
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"time"

	"github.com/avast/retry-go/v4"
	"github.com/cenkalti/backoff/v5"
	"github.com/go-resty/resty/v2"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-retryablehttp"

	"corpus/scene"
)

var cases = []scene.Case{
	{Name: "refused", URL: "http://inventory.internal:8081/prices"}, {Name: "timeout", URL: "http://legacy.internal/prices"},
	{Name: "nxdomain", URL: "http://prices.invalid/v2"}, {Name: "503", URL: "http://inventory.internal:8080/503"},
	{Name: "eof", URL: "http://inventory.internal:8080/eof"}, {Name: "429", URL: "http://inventory.internal:8080/429"},
	{Name: "flaky", URL: "http://inventory.internal:8080/flaky"},
}

func main() {
	for _, it := range cases {
		scene.Begin("retryablehttp-%s", it.Name)
		client := retryablehttp.NewClient()
		client.RetryMax, client.RetryWaitMin, client.RetryWaitMax = 2, 50*time.Millisecond, 50*time.Millisecond
		client.HTTPClient.Timeout = 300 * time.Millisecond
		if it.Name == "503" || it.Name == "refused" {
			client.Logger = hclog.New(&hclog.LoggerOptions{Name: "price-sync", Level: hclog.Debug})
		}
		_, err := client.Get(it.URL)
		log.Printf("price sync: %v", err)
		scene.Begin("resty-%s", it.Name)
		easy := resty.New().SetRetryCount(1).SetRetryWaitTime(50 * time.Millisecond).SetTimeout(300 * time.Millisecond)
		answer, err := easy.R().Get(it.URL)
		if err != nil {
			log.Printf("stock sync: %v", err)
		} else {
			log.Printf("stock sync: %s answered %d in %v", it.URL, answer.StatusCode(), answer.Time().Round(time.Millisecond))
		}
		scene.Begin("backoff-%s", it.Name)
		withBackoff(it.URL)
		scene.Begin("retry-go-%s", it.Name)
		withRetry(it.URL)
	}
}

func withBackoff(url string) {
	client := scene.Client(300 * time.Millisecond)
	notify := func(err error, wait time.Duration) { log.Printf("%v; retrying in %s", err, wait) }
	_, err := backoff.Retry(context.Background(), func() (bool, error) { return true, scene.Get(context.Background(), client, url) },
		backoff.WithBackOff(backoff.NewConstantBackOff(50*time.Millisecond)), backoff.WithMaxTries(3), backoff.WithNotify(notify))
	if err != nil {
		log.Printf("giving up after 3 tries: %v", err)
	} else {
		log.Print("sync recovered")
	}
}

func withRetry(url string) {
	client := scene.Client(300 * time.Millisecond)
	err := retry.Do(func() error { return scene.Get(context.Background(), client, url) }, retry.Attempts(3), retry.Delay(10*time.Millisecond),
		retry.OnRetry(func(attempt uint, err error) { log.Printf("#%d: %s", attempt, err) }), retry.LastErrorOnly(false))
	if err != nil {
		hclog.New(&hclog.LoggerOptions{Name: "tax", Output: os.Stderr, JSONFormat: true}).Error("tax rates not loaded", "error", errors.Unwrap(err), "attempts", 3)
	}
}
