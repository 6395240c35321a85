// Command zaplog logs with zap (JSON and console) and with zerolog.
package main

import (
	"context"
	"os"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/zap"

	"corpus/scene"
)

func main() {
	production, _ := zap.NewProduction()
	development, _ := zap.NewDevelopment()
	plain := zerolog.New(os.Stderr).With().Timestamp().Str("app", "cart").Logger()
	pretty := zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, NoColor: true, TimeFormat: time.RFC3339}).With().Timestamp().Logger()
	production.Info("server listening", zap.String("addr", ":8080"), zap.Duration("read_timeout", 5*time.Second))
	development.Info("config loaded", zap.Int("max_retries", 5), zap.String("db", "db.internal:5432"))
	client := scene.Client(400 * time.Millisecond)
	for index, it := range scene.HTTP {
		scene.Begin("%s", it.Name)
		started := time.Now()
		err := scene.Get(context.Background(), client, it.URL)
		took := time.Since(started)
		switch {
		case err == nil:
			production.Info("handled request", zap.String("path", "/cart/42"), zap.Int("status", 200), zap.Duration("latency", took))
			plain.Info().Int("status", 200).Dur("took", took).Msg("GET /cart/42")
		case index%4 == 0:
			production.Error("upstream request failed", zap.String("upstream", "stock"), zap.Error(err), zap.Duration("elapsed", took))
		case index%4 == 1:
			development.Sugar().Warnf("fetching %s: %v", it.URL, err)
		case index%4 == 2:
			plain.Error().Err(err).Str("url", it.URL).Int("retry", 2).Msg("call failed")
		default:
			pretty.Error().Err(err).Msg("cart service degraded")
		}
	}
	scene.Begin("end")
	pretty.Info().Int("failed", 0).Msg("batch finished")
	plain.Debug().Str("peer", "cache-1.internal:6379").Msg("connection returned to pool")
	development.Warn("template missing", zap.String("file", "mail/welcome.html"))
}
