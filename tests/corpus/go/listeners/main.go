// Command listeners is a server whose clients misbehave: what net/http says of them.
package main

import (
	"crypto/tls"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"time"

	"corpus/scene"
)

func main() {
	log.SetPrefix("gateway ")
	log.SetFlags(log.LstdFlags | log.Lmsgprefix)
	proxies()
	secure()
	panics()
	scene.Begin("stop")
	log.Print("http: Server closed")
	log.Print("shutdown finished in 12ms, 0 connections cut")
}

// A reverse proxy logs what its upstream does.
func proxies() {
	for name, upstream := range map[string]string{
		"refused": "http://inventory.internal:8081", "nxdomain": "http://cart.invalid", "eof": "http://payments.internal:8080/eof",
		"reset": "http://payments.internal:8080/reset", "unreachable": "http://nas.internal", "expired": "https://login.partner.example",
	} {
		scene.Begin("proxy-%s", name)
		target, _ := url.Parse(upstream)
		proxy := httputil.NewSingleHostReverseProxy(target)
		listener, _ := net.Listen("tcp", "127.0.0.1:0")
		server := &http.Server{Handler: proxy}
		go server.Serve(listener)
		answer, err := http.Get("http://" + listener.Addr().String() + "/v1/cart")
		if err == nil {
			fmt.Fprintf(os.Stderr, "127.0.0.1 - - [%s] \"GET /v1/cart HTTP/1.1\" %d 0 \"-\" \"Go-http-client/1.1\"\n", time.Now().Format("02/Jan/2006:15:04:05 -0700"), answer.StatusCode)
		}
		server.Close()
	}
}

// A TLS server logs the handshakes that fail.
func secure() {
	directory := "/srv/shop/tls/10.30.0.8"
	certificate, err := tls.LoadX509KeyPair(directory+".pem", directory+".key")
	if err != nil {
		log.Fatal(err)
	}
	listener, _ := net.Listen("tcp", "127.0.0.1:8443")
	server := &http.Server{TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAnyClientCert}, Handler: http.NotFoundHandler()}
	go server.ServeTLS(listener, "", "")
	log.Print("listening on https://127.0.0.1:8443")
	scene.Begin("server-plain")
	http.Get("http://127.0.0.1:8443/")
	scene.Begin("server-untrusted")
	http.Get("https://127.0.0.1:8443/")
	scene.Begin("server-no-certificate")
	client := scene.Client(time.Second)
	client.Get("https://127.0.0.1:8443/")
	scene.Begin("server-eof")
	connection, _ := net.Dial("tcp", "127.0.0.1:8443")
	connection.Close()
	scene.Begin("server-reset")
	connection, _ = net.Dial("tcp", "127.0.0.1:8443")
	connection.(*net.TCPConn).SetLinger(0)
	connection.Close()
	scene.Begin("server-old")
	tls.Dial("tcp", "127.0.0.1:8443", &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10})
	time.Sleep(100 * time.Millisecond)
	server.Close()
}

func panics() {
	scene.Begin("panic")
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var cart map[string]int
		cart["42"] = 1
	})}
	go server.Serve(listener)
	http.Get("http://" + listener.Addr().String())
	time.Sleep(50 * time.Millisecond)
	scene.Begin("twice")
	log.Print(http.ListenAndServe(listener.Addr().String(), nil))
	scene.Begin("privileged")
	log.Print(http.ListenAndServe("192.0.2.80:80", nil))
	server.Close()
}
