// Command databases uses pgx, lib/pq, the MySQL driver, go-redis and the MongoDB driver.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"log"
	"log/slog"
	"os"
	"time"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	_ "github.com/lib/pq"
	"github.com/redis/go-redis/v9"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"corpus/scene"
)

var logger = slog.New(slog.NewTextHandler(os.Stderr, nil))

func main() {
	logger.Info("opening pool", "dsn", "postgres://shop@db.internal:5432/orders", "max_conns", 10, "connect_timeout", "5s")
	postgres()
	mysql()
	redisCases()
	pool()
	mongoCases()
	scene.Begin("end")
	logger.Info("migrations applied", "count", 12, "errors", 0)
	log.Printf("database connection established to db.internal:5432 after 2 attempts")
}

func postgres() {
	places := []struct{ name, host, database string }{
		{"refused", "db.internal:5431", "orders"}, {"timeout", "db-replica.internal:5432", "orders"}, {"unreachable", "nas.internal:5432", "orders"},
		{"nxdomain", "pg.invalid:5432", "orders"}, {"eof", "db.internal:5433", "orders"}, {"reset", "db.internal:5434", "orders"},
		{"silent", "db.internal:5435", "orders"}, {"full", "pg-main.internal:5432", "full"}, {"starting", "pg-main.internal:5432", "starting"},
		{"password", "pg-main.internal:5432", "secret"}, {"hba", "pg-main.internal:5432", "nohba"}, {"missing", "pg-main.internal:5432", "missing"},
		{"statement", "pg-main.internal:5432", "slow"}, {"readonly", "pg-main.internal:5432", "readonly"}, {"deadlock", "pg-main.internal:5432", "deadlock"},
		{"killed", "pg-main.internal:5432", "killed"}, {"session-eof", "pg-main.internal:5432", "eof"}, {"syntax", "pg-main.internal:5432", "syntax"},
		{"unique", "pg-main.internal:5432", "unique"}, {"http", "inventory.internal:8080", "orders"},
	}
	for _, it := range places {
		scene.Begin("pg-%s", it.name)
		withPgx(it.host, it.database)
		withPq(it.host, it.database)
	}
	scene.Begin("pg-tls")
	_, err := pgx.Connect(context.Background(), "postgres://shop:x@db.internal:5432/orders?sslmode=require")
	logger.Error("connect", "err", err)
}

func withPgx(host, database string) {
	ctx, cancel := context.WithTimeout(context.Background(), 700*time.Millisecond)
	defer cancel()
	it, err := pgx.Connect(ctx, fmt.Sprintf("postgres://shop:x@%s/%s?sslmode=disable&default_query_exec_mode=simple_protocol", host, database))
	if err == nil {
		_, err = it.Exec(ctx, "UPDATE orders SET state = 2")
	}
	logger.Error("order update failed", "err", err)
}

func withPq(host, database string) {
	it, _ := sql.Open("postgres", fmt.Sprintf("postgres://shop:x@%s/%s?sslmode=disable&connect_timeout=1", host, database))
	defer it.Close()
	_, err := it.Exec("UPDATE orders SET state = 2")
	log.Printf("ERROR order import: %v", err)
}

func mysql() {
	for _, it := range []struct{ name, host string }{
		{"refused", "db.internal:3305"}, {"timeout", "db-replica.internal:3306"}, {"nxdomain", "mysql.invalid:3306"}, {"full", "db.internal:3306"},
		{"blocked", "db.internal:3307"}, {"denied", "db.internal:3308"}, {"unknown", "db.internal:3309"}, {"eof", "db.internal:3310"},
		{"silent", "db.internal:3311"}, {"shutdown", "db.internal:3312"},
	} {
		scene.Begin("mysql-%s", it.name)
		db, _ := sql.Open("mysql", fmt.Sprintf("shop:x@tcp(%s)/orders?timeout=400ms&readTimeout=400ms", it.host))
		log.Printf("ping mysql: %v", db.Ping())
		db.Close()
	}
}

func redisCases() {
	places := []struct{ name, host string }{
		{"refused", "redis.internal:6399"}, {"timeout", "legacy.internal:6379"}, {"unreachable", "nas.internal:6379"}, {"nxdomain", "cache.invalid:6379"},
		{"loading", "redis.internal:6380"}, {"noauth", "redis.internal:6381"}, {"wrongpass", "redis.internal:6382"}, {"readonly", "redis.internal:6383"},
		{"oom", "redis.internal:6384"}, {"misconf", "redis.internal:6385"}, {"clusterdown", "redis.internal:6386"}, {"masterdown", "redis.internal:6387"},
		{"clients", "redis.internal:6388"}, {"noperm", "redis.internal:6389"}, {"wrongtype", "redis.internal:6391"}, {"eof", "redis.internal:6392"},
		{"silent", "redis.internal:6393"}, {"reset", "redis.internal:6394"},
	}
	for _, it := range places {
		scene.Begin("redis-%s", it.name)
		client := redis.NewClient(&redis.Options{Addr: it.host, MaxRetries: -1, DialTimeout: 300 * time.Millisecond, ReadTimeout: 300 * time.Millisecond, DialerRetries: 1, Protocol: 2})
		if err := client.Set(context.Background(), "cart:42", 1, 0).Err(); err != nil {
			logger.Warn("cache write skipped", "key", "cart:42", "error", err)
		}
		client.Close()
	}
}

func pool() {
	scene.Begin("redis-pool")
	client := redis.NewClient(&redis.Options{Addr: "redis.internal:6383", PoolSize: 1, PoolTimeout: 100 * time.Millisecond, MaxRetries: -1, Protocol: 2})
	held := client.Conn()
	held.Ping(context.Background())
	logger.Error("cache read failed", "error", client.Get(context.Background(), "cart:42").Err())
	scene.Begin("sql-pool")
	db, _ := sql.Open("postgres", "postgres://shop:x@pg-main.internal:5432/orders?sslmode=disable")
	db.SetMaxOpenConns(1)
	kept, _ := db.Conn(context.Background())
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err := db.Conn(ctx)
	logger.Error("no connection for report", "err", err)
	_ = kept
}

func mongoCases() {
	for name, uri := range map[string]string{
		"refused": "mongodb://mongo-a.internal:27018/", "timeout": "mongodb://legacy.internal:27017/", "nxdomain": "mongodb://mongo.invalid:27017/",
		"eof": "mongodb://mongo-a.internal:7000/",
	} {
		scene.Begin("mongo-%s", name)
		client, err := mongo.Connect(options.Client().ApplyURI(uri).SetServerSelectionTimeout(500 * time.Millisecond).SetConnectTimeout(300 * time.Millisecond))
		if err == nil {
			err = client.Database("shop").Collection("carts").FindOne(context.Background(), bson.M{}).Err()
		}
		log.Printf("carts: %v", err)
	}
}
