"""aiokafka."""

import asyncio
import logging
import sys

import aiokafka

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s")
log = logging.getLogger("billing")

PLACES = [("refused", "kafka-0.kafka.internal:9099"), ("timeout", "legacy.internal:9092"), ("nxdomain", "kafka.invalid:9092"),
          ("eof", "kafka-0.kafka.internal:9093"), ("silent", "kafka-0.kafka.internal:9094"), ("reset", "kafka-1.kafka.internal:9095"),
          ("http", "inventory.internal:8080")]


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
    asyncio.run(with_aiokafka(place))
print("@@ end", flush=True)
log.info("billing stopped, 0 messages in flight")
