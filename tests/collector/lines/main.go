// Reads a file of OTLP/JSON by the receiver that the Collector has for such files, and prints
// what it made of each line, as the Collector encodes it.
//
// It stands in a module of its own: of this receiver only older versions are to be had.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/otlpjsonfilereceiver"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configtelemetry"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	trace "go.opentelemetry.io/otel/trace/noop"
	"go.uber.org/zap"
)

// Longer than it takes to read a file.
const longest = 30 * time.Second

type host struct{}

func (host) GetExtensions() map[component.ID]component.Component { return nil }

func main() {
	path := os.Args[1]
	text, err := os.ReadFile(path)
	check(err)
	came := make(chan plog.Logs)
	logs, err := consumer.NewLogs(func(_ context.Context, logs plog.Logs) error {
		came <- logs
		return nil
	})
	check(err)
	running := start(path, logs)
	end := time.After(longest)
	for range bytes.Count(text, []byte("\n")) {
		select {
		case logs := <-came:
			line, err := (&plog.JSONMarshaler{}).MarshalLogs(logs)
			check(err)
			fmt.Println(string(line))
		case <-end:
			log.Fatal("not every line was taken")
		}
	}
	check(running.Shutdown(context.Background()))
}

func start(path string, logs consumer.Logs) component.Component {
	factory := otlpjsonfilereceiver.NewFactory()
	config := factory.CreateDefaultConfig()
	settings := map[string]any{
		"include": []any{path}, "start_at": "beginning", "poll_interval": "10ms",
	}
	check(confmap.NewFromStringMap(settings).Unmarshal(config))
	meters := noop.NewMeterProvider()
	receiver, err := factory.CreateLogs(context.Background(), receiver.Settings{
		ID: component.NewID(factory.Type()),
		TelemetrySettings: component.TelemetrySettings{
			Logger:         zap.Must(zap.NewProduction(zap.IncreaseLevel(zap.WarnLevel))),
			TracerProvider: trace.NewTracerProvider(),
			MeterProvider:  meters,
			LeveledMeterProvider: func(configtelemetry.Level) metric.MeterProvider {
				return meters
			},
		},
	}, config, logs)
	check(err)
	check(receiver.Start(context.Background(), host{}))
	return receiver
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
