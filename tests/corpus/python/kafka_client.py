"""kafka-python and aiokafka."""

import asyncio
import logging
import sys

import aiokafka
import kafka

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
log = logging.getLogger("billing")

PLACES = [("refused", "kafka-0.kafka.internal:9099"), ("timeout", "legacy.internal:9092"), ("nxdomain", "kafka.invalid:9092"),
          ("eof", "kafka-0.kafka.internal:9093"), ("silent", "kafka-0.kafka.internal:9094"), ("reset", "kafka-1.kafka.internal:9095"),
          ("http", "inventory.internal:8080")]


def with_kafka_python(place):
    try:
        kafka.KafkaProducer(bootstrap_servers=place, api_version_auto_timeout_ms=800, request_timeout_ms=800,
                            bootstrap_timeout_ms=1200)
    except Exception as error:
        log.error("producer for topic invoices: %s", error)


async def with_aiokafka(place):
    consumer = aiokafka.AIOKafkaConsumer("invoices", bootstrap_servers=place, request_timeout_ms=700, retry_backoff_ms=100)
    try:
        await consumer.start()
    except Exception as error:
        log.error("consumer could not start: %r", error)
    finally:
        await consumer.stop()


for name, place in PLACES:
    print(f"@@ {name}", flush=True)
    with_kafka_python(place)
    asyncio.run(with_aiokafka(place))
print("@@ end", flush=True)
log.info("billing stopped, 0 messages in flight")
