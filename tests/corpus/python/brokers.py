"""pika, aio-pika, nats, paho-mqtt, Celery and websockets."""

import asyncio
import logging
import sys

import aio_pika
import celery
import nats
import paho.mqtt.client
import pika
import websockets

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s,%(msecs)03d:%(levelname)s:%(name)s:%(message)s", datefmt="%H:%M:%S")
log = logging.getLogger("mailer")

AMQP = [
    ("refused", "mq.internal", 5670), ("timeout", "legacy.internal", 5672), ("unreachable", "nas.internal", 5672),
    ("nxdomain", "mq.invalid", 5672), ("login", "mq.internal", 5672), ("vhost", "mq.internal", 5673),
    ("forced", "mq.internal", 5674), ("version", "mq.internal", 5675), ("eof", "mq.internal", 5676),
    ("http", "inventory.internal", 8080),
]


def scenario(name):
    print(f"@@ {name}", flush=True)


def with_pika(host, port):
    parameters = pika.ConnectionParameters(host, port, connection_attempts=2, retry_delay=0.1, socket_timeout=0.5,
                                           stack_timeout=1, blocked_connection_timeout=2)
    try:
        pika.BlockingConnection(parameters)
    except Exception as error:
        log.error("cannot consume from queue mail: %r", error)


async def with_aio_pika(host, port):
    try:
        await aio_pika.connect(host=host, port=port, timeout=1)
    except Exception as error:
        log.error("aio_pika: %s: %s", type(error).__name__, error)


async def with_nats(port, host="nats.internal"):
    async def on_error(error):
        log.warning("nats: %s", error or repr(error))

    try:
        await nats.connect(f"nats://{host}:{port}", connect_timeout=0.5, max_reconnect_attempts=1,
                           reconnect_time_wait=0.1, error_cb=on_error)
    except Exception as error:
        log.error("nats gave up: %r", error)


def with_mqtt(host, port):
    client = paho.mqtt.client.Client(paho.mqtt.client.CallbackAPIVersion.VERSION2, client_id="sensor-7")
    client.enable_logger(logging.getLogger("mqtt"))
    client.connect_timeout = 0.5
    try:
        client.connect(host, port, keepalive=2)
        client.loop_forever(timeout=0.5) if port == 7000 else None
    except Exception as error:
        log.error("mqtt connect to %s:%d failed: %s", host, port, error)


async def with_websocket(url):
    try:
        await websockets.connect(url, open_timeout=0.5)
    except Exception as error:
        log.error("price feed %s: %s: %s", url, type(error).__name__, error)


def with_celery():
    app = celery.Celery(broker="amqp://shop:secret@mq.internal:5670//")
    app.conf.update(broker_connection_retry_on_startup=True, broker_connection_max_retries=2, broker_connection_timeout=0.5,
                    worker_hijack_root_logger=False)
    try:
        app.worker_main(["worker", "--pool=solo", "--without-gossip", "--without-mingle", "--loglevel=INFO"])
    except (Exception, SystemExit) as error:
        log.error("worker stopped: %s", error)


async def main():
    for name, host, port in AMQP:
        scenario(f"amqp-{name}")
        with_pika(host, port)
        await with_aio_pika(host, port)
    for port in (4221, 4223, 4224, 4225, 4226):
        scenario(f"nats-{port}")
        await with_nats(port)
    await with_nats(4222, "nats.invalid")
    scenario("mqtt")
    with_mqtt("broker.internal", 1883)
    with_mqtt("nas.internal", 1883)
    with_mqtt("mqtt.invalid", 1883)
    for name, url in [("refused", "ws://ws.example.com:8081/feed"), ("401", "ws://ws.example.com:8080/401"),
                      ("502", "ws://ws.example.com:8080/502"), ("200", "ws://ws.example.com:8080/feed"),
                      ("silent", "ws://ws.example.com:8080/silent"), ("eof", "ws://ws.example.com:8080/eof"),
                      ("nxdomain", "wss://feed.invalid/")]:
        scenario(f"ws-{name}")
        await with_websocket(url)


if __name__ == "__main__":
    log.info("prefetch=10 heartbeat=60 connection_attempts=2 retry_delay=0.1")
    asyncio.run(main())
    scenario("celery")
    with_celery()
