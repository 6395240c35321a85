// Command brokers uses AMQP, NATS, MQTT, WebSocket, etcd and Elasticsearch clients.
package main

import (
	"context"
	"log"
	"os"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/elastic/go-elasticsearch/v8"
	"github.com/gorilla/websocket"
	"github.com/nats-io/nats.go"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/sirupsen/logrus"
	etcd "go.etcd.io/etcd/client/v3"

	"corpus/scene"
)

func main() {
	logrus.SetFormatter(&logrus.TextFormatter{DisableColors: true, FullTimestamp: true})
	logrus.Info("consumer ready, prefetch=20 heartbeat=10s")
	rabbit()
	natsCases()
	others()
	scene.Begin("end")
	logrus.WithField("queue", "mail").Info("reconnected to amqp://mq.internal:5672, resuming")
}

func rabbit() {
	for _, it := range [][2]string{
		{"refused", "amqp://shop:x@mq.internal:5670/"}, {"timeout", "amqp://shop:x@legacy.internal/"}, {"unreachable", "amqp://shop:x@nas.internal/"},
		{"nxdomain", "amqp://shop:x@mq.invalid/"}, {"login", "amqp://shop:x@mq.internal/"}, {"vhost", "amqp://shop:x@mq.internal:5673/shop"},
		{"forced", "amqp://shop:x@mq.internal:5674/"}, {"version", "amqp://shop:x@mq.internal:5675/"}, {"eof", "amqp://shop:x@mq.internal:5676/"},
		{"http", "amqp://shop:x@inventory.internal:8080/"}, {"tls", "amqps://shop:x@login.partner.example:443/"},
	} {
		scene.Begin("amqp-%s", it[0])
		_, err := amqp.DialConfig(it[1], amqp.Config{Dial: amqp.DefaultDial(400 * time.Millisecond)})
		logrus.WithError(err).Error("cannot open AMQP connection")
	}
}

func natsCases() {
	for _, it := range [][2]string{
		{"refused", "nats://nats.internal:4221"}, {"auth", "nats://nats.internal:4223"}, {"full", "nats://nats.internal:4224"}, {"eof", "nats://nats.internal:4225"},
		{"silent", "nats://nats.internal:4226"}, {"nxdomain", "nats://nats.invalid:4222"}, {"timeout", "nats://legacy.internal:4222"},
	} {
		scene.Begin("nats-%s", it[0])
		_, err := nats.Connect(it[1], nats.Timeout(300*time.Millisecond))
		log.Printf("nats %s: %v", it[1], err)
	}
}

func others() {
	scene.Begin("mqtt")
	mqtt.ERROR = log.New(os.Stderr, "[mqtt] ERROR ", log.Ltime)
	mqtt.WARN = log.New(os.Stderr, "[mqtt] WARN ", log.Ltime)
	for _, broker := range []string{"tcp://broker.internal:1883", "tcp://legacy.internal:1883", "tcp://mqtt.invalid:1883", "tcp://broker.internal:7000"} {
		client := mqtt.NewClient(mqtt.NewClientOptions().AddBroker(broker).SetConnectTimeout(300 * time.Millisecond))
		token := client.Connect()
		token.Wait()
		log.Printf("mqtt connect %s: %v", broker, token.Error())
	}
	for _, url := range []string{"ws://ws.example.com:8081/feed", "ws://ws.example.com:8080/401", "ws://ws.example.com:8080/feed", "wss://feed.invalid/", "ws://ws.example.com:8080/eof", "wss://wiki.corp.example/feed"} {
		scene.Begin("websocket")
		dialer := websocket.Dialer{HandshakeTimeout: 300 * time.Millisecond}
		_, answer, err := dialer.Dial(url, nil)
		if answer != nil {
			logrus.Warnf("price feed %s: %v (status %d)", url, err, answer.StatusCode)
		} else {
			logrus.Warnf("price feed %s: %v", url, err)
		}
	}
	scene.Begin("etcd")
	client, err := etcd.New(etcd.Config{Endpoints: []string{"http://inventory.internal:2379"}, DialTimeout: 300 * time.Millisecond})
	if err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), 400*time.Millisecond)
		_, err = client.Get(ctx, "/shop/config")
		cancel()
	}
	log.Printf("reading /shop/config: %v", err)
	for _, url := range []string{"http://search.internal:9201", "http://search.internal:8080/503", "http://search.invalid:9200"} {
		scene.Begin("elastic")
		search, _ := elasticsearch.NewClient(elasticsearch.Config{Addresses: []string{url}, MaxRetries: 1})
		answer, err := search.Search(search.Search.WithIndex("products"))
		if err == nil {
			log.Printf("search: %s", answer)
		} else {
			log.Printf("search: %v", err)
		}
	}
}
