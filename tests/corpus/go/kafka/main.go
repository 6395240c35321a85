// Command kafka uses sarama, with its own log, and kafka-go.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/IBM/sarama"
	"github.com/segmentio/kafka-go"

	"corpus/scene"
)

var places = [][2]string{
	{"refused", "kafka-0.kafka.internal:9099"}, {"timeout", "legacy.internal:9092"}, {"unreachable", "nas.internal:9092"}, {"nxdomain", "kafka.invalid:9092"},
	{"eof", "kafka-0.kafka.internal:9093"}, {"silent", "kafka-0.kafka.internal:9094"}, {"reset", "kafka-1.kafka.internal:9095"}, {"http", "inventory.internal:8080"},
}

func main() {
	sarama.Logger = log.New(os.Stderr, "[sarama] ", log.LstdFlags)
	for _, it := range places {
		scene.Begin("sarama-%s", it[0])
		configuration := sarama.NewConfig()
		configuration.Net.DialTimeout, configuration.Net.ReadTimeout = 300*time.Millisecond, 300*time.Millisecond
		configuration.Metadata.Retry.Max, configuration.Metadata.Retry.Backoff = 1, 50*time.Millisecond
		_, err := sarama.NewClient([]string{it[1]}, configuration)
		log.Printf("ERROR invoices: %v", err)
	}
	for _, it := range places {
		scene.Begin("kafka-go-%s", it[0])
		writer := &kafka.Writer{Addr: kafka.TCP(it[1]), Topic: "invoices", MaxAttempts: 2, WriteTimeout: 300 * time.Millisecond, ReadTimeout: 300 * time.Millisecond,
			BatchTimeout: 10 * time.Millisecond, Transport: &kafka.Transport{DialTimeout: 300 * time.Millisecond},
			Logger: kafka.LoggerFunc(log.New(os.Stderr, "kafka writer: ", 0).Printf), ErrorLogger: kafka.LoggerFunc(log.New(os.Stderr, "kafka writer error: ", 0).Printf)}
		ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
		err := writer.WriteMessages(ctx, kafka.Message{Value: []byte("invoice 4711")})
		cancel()
		log.Printf("invoice 4711 not sent: %v", err)
	}
	scene.Begin("end")
	log.Print("producer closed, 0 messages lost")
}
