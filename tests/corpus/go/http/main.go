// Command http logs with the standard library: log, slog as text, slog as JSON.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"corpus/scene"
)

func main() {
	log.SetFlags(log.LstdFlags | log.Lmicroseconds)
	log.Printf("checkout starting, inventory=http://inventory.internal:8080 timeout=500ms retries=3")
	every()
	timeouts()
	proxies()
	cancelled()
	sockets()
	retries()
}

// Each kind of logger gets every third case, so that all wordings meet all formats in time.
func every() {
	text := slog.New(slog.NewTextHandler(os.Stderr, nil)).With("service", "checkout")
	json := slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{AddSource: true}))
	client := scene.Client(500 * time.Millisecond)
	for index, it := range scene.HTTP {
		scene.Begin("%s", it.Name)
		err := scene.Get(context.Background(), client, it.URL)
		switch {
		case err == nil:
			text.Info("upstream healthy", "url", it.URL, "status", 200, "took", 12*time.Millisecond)
		case index%3 == 0:
			log.Printf("ERROR fetching stock: %v", err)
		case index%3 == 1:
			text.Error("upstream call failed", "err", err)
		default:
			json.Error("request failed", "error", err.Error(), "attempt", 1)
		}
	}
}

func timeouts() {
	scene.Begin("deadline")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	err := scene.Get(ctx, http.DefaultClient, "http://payments.internal:8080/v1/silent")
	slog.Error("charge failed", "order", 4711, "err", err)
	scene.Begin("dial-timeout")
	_, err = net.DialTimeout("tcp", "legacy.internal:9200", 200*time.Millisecond)
	log.Println("search index:", err)
	scene.Begin("handshake-timeout")
	transport := &http.Transport{TLSHandshakeTimeout: 200 * time.Millisecond}
	err = scene.Get(context.Background(), &http.Client{Transport: transport}, "https://edge2.example.net/feed")
	log.Printf("feed: %v", err)
	scene.Begin("header-timeout")
	transport = &http.Transport{ResponseHeaderTimeout: 200 * time.Millisecond}
	err = scene.Get(context.Background(), &http.Client{Transport: transport}, "http://inventory.internal:8080/silent")
	log.Printf("inventory: %v", err)
}

func proxies() {
	for name, proxy := range map[string]string{"proxy-refused": "http://broker.internal:3128", "proxy-502": "http://inventory.internal:8080", "proxy-nxdomain": "http://proxy.invalid:3128"} {
		scene.Begin("%s", name)
		at, _ := url.Parse(proxy)
		client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(at)}, Timeout: time.Second}
		slog.Warn("geo lookup skipped", "err", scene.Get(context.Background(), client, "https://api.example.com/502/geo"))
	}
}

func cancelled() {
	scene.Begin("cancelled")
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	err := scene.Get(ctx, http.DefaultClient, "http://inventory.internal:8080/v1/silent")
	log.Printf("WARN stock lookup abandoned: %v (cancelled=%t)", err, errors.Is(err, context.Canceled))
}

func sockets() {
	scene.Begin("write-after-reset")
	connection, err := net.Dial("tcp", "broker.internal:7001")
	for err == nil {
		_, err = connection.Write([]byte("PING\r\n"))
		time.Sleep(20 * time.Millisecond)
	}
	slog.Error("heartbeat lost", "error", err)
	scene.Begin("read-deadline")
	connection, err = net.Dial("tcp", "broker.internal:7002")
	if err == nil {
		connection.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		_, err = connection.Read(make([]byte, 8))
	}
	log.Print("broker: ", err)
	scene.Begin("in-use")
	listener, _ := net.Listen("tcp", "127.0.0.1:8090")
	_, err = net.Listen("tcp", "127.0.0.1:8090")
	log.Printf("cannot serve metrics: %v", err)
	listener.Close()
	scene.Begin("not-available")
	_, err = net.Listen("tcp", "192.0.2.1:8090")
	log.Printf("cannot serve metrics: %v", err)
	scene.Begin("unix")
	_, err = net.Dial("unix", "/run/agent.sock")
	slog.Warn("trace agent", "err", err)
	scene.Begin("bad-address")
	_, err = net.Dial("tcp", "inventory.internal")
	slog.Error("misconfigured upstream", "err", err)
}

func retries() {
	client := scene.Client(200 * time.Millisecond)
	scene.Begin("own-retry")
	for attempt := 1; attempt <= 3; attempt++ {
		err := scene.Get(context.Background(), client, "http://payments.internal:9090/charge")
		slog.Warn("payment attempt failed", "attempt", attempt, "max_attempts", 3, "backoff", "200ms", "err", err)
	}
	scene.Begin("recovered")
	for attempt := 1; ; attempt++ {
		err := scene.Get(context.Background(), client, "http://catalog.shop.example:8080/v1/flaky")
		if err == nil {
			log.Printf("catalogue reachable again after %d attempts", attempt)
			break
		}
		log.Printf("catalogue not ready (try %d/5): %v", attempt, err)
	}
	slog.Info("shutting down", "requests", 48, "errors", 0)
	_, err := os.Open("/etc/shop/override.yaml")
	log.Print(fmt.Errorf("no override file, using defaults: %w", err))
}
