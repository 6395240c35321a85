"""redis, pymongo, elasticsearch and boto3."""

import logging
import sys

import boto3
import botocore.config
import elasticsearch
import pymongo
import redis
import redis.backoff
import redis.retry

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s [%(process)d] %(levelname)-7s %(name)s: %(message)s")
log = logging.getLogger("cart.cache")

REDIS = [
    ("refused", "redis.internal", 6399), ("timeout", "legacy.internal", 6379), ("unreachable", "nas.internal", 6379),
    ("nxdomain", "cache.invalid", 6379), ("loading", "redis.internal", 6380), ("noauth", "redis.internal", 6381),
    ("wrongpass", "redis.internal", 6382), ("readonly", "redis.internal", 6383), ("oom", "redis.internal", 6384),
    ("misconf", "redis.internal", 6385), ("clusterdown", "redis.internal", 6386), ("masterdown", "redis.internal", 6387),
    ("clients", "redis.internal", 6388), ("noperm", "redis.internal", 6389), ("busy", "redis.internal", 6390),
    ("wrongtype", "redis.internal", 6391), ("eof", "redis.internal", 6392), ("silent", "redis.internal", 6393),
    ("reset", "redis.internal", 6394), ("http", "inventory.internal", 8080),
]


def scenario(name):
    print(f"@@ {name}", flush=True)


def redis_cases():
    for name, host, port in REDIS:
        scenario(f"redis-{name}")
        password = {"password": "x"} if name == "wrongpass" else {}
        client = redis.Redis(host=host, port=port, socket_timeout=0.5, socket_connect_timeout=0.5, protocol=2,
                             retry=redis.retry.Retry(redis.backoff.NoBackoff(), 0), **password)
        try:
            client.set("cart:42", 1)
        except Exception as error:
            log.error("cache write failed: %s: %s", type(error).__name__, error)
    scenario("redis-pool")
    pool = redis.ConnectionPool(host="redis.internal", port=6383, protocol=2, max_connections=1)
    held = pool.get_connection()
    try:
        pool.get_connection()
    except redis.ConnectionError as error:
        log.error("no cache connection: %s", error)
    del held


def mongo_cases():
    for name, url in [("refused", "mongodb://mongo-a.internal:27018/shop"), ("timeout", "mongodb://legacy.internal/shop"),
                      ("nxdomain", "mongodb://mongo.invalid/shop"), ("eof", "mongodb://mongo-a.internal:7000/shop"),
                      ("srv", "mongodb+srv://cluster0.invalid/shop")]:
        scenario(f"mongo-{name}")
        try:
            client = pymongo.MongoClient(url, serverSelectionTimeoutMS=600, connectTimeoutMS=300)
            client.shop.carts.find_one()
        except Exception as error:
            log.error("%s", error)


def search_cases():
    for name, url in [("refused", "http://search.internal:9201"), ("nxdomain", "http://search.invalid:9200"),
                      ("timeout", "http://legacy.internal:9200"), ("silent", "http://search.internal:8080/silent"),
                      ("503", "http://search.internal:8080/503"), ("429", "http://search.internal:8080/429"),
                      ("expired", "https://login.partner.example:443")]:
        scenario(f"search-{name}")
        client = elasticsearch.Elasticsearch(url, request_timeout=0.5, max_retries=2, retry_on_timeout=True)
        try:
            client.search(index="products", query={"match_all": {}})
        except Exception as error:
            log.warning("search failed: %s", error)


def object_cases():
    settings = botocore.config.Config(connect_timeout=0.5, read_timeout=0.5, retries={"total_max_attempts": 2, "mode": "standard"})
    for name, url in [("refused", "http://files.example.org:9001"), ("nxdomain", "https://s3.eu-west-9.invalid"),
                      ("timeout", "http://legacy.internal:9000"), ("silent", "http://files.example.org:8080/silent"),
                      ("eof", "http://files.example.org:8080/eof"), ("503", "http://files.example.org:8080/503"),
                      ("403", "http://files.example.org:8080/403"), ("expired", "https://login.partner.example")]:
        scenario(f"s3-{name}")
        client = boto3.client("s3", endpoint_url=url, region_name="eu-west-1", aws_access_key_id="x",
                              aws_secret_access_key="x", config=settings)
        try:
            client.list_buckets()
        except Exception as error:
            log.error("upload of invoice-4711.pdf failed: %s", error)


if __name__ == "__main__":
    log.info("connecting to redis://redis.internal:6379/0 (timeout 0.5 s, 3 retries)")
    redis_cases()
    mongo_cases()
    search_cases()
    object_cases()
    scenario("end")
    log.info("cache warmed: 1250 keys, 0 errors, 312 ms")
