"""aiohttp and plain asyncio under loguru."""

import asyncio
import os
import ssl
import sys

import aiohttp
from loguru import logger

logger.remove()
logger.add(sys.stdout, format="{time:YYYY-MM-DD HH:mm:ss.SSS} | {level: <8} | {name}:{function}:{line} - {message}",
           backtrace=False, diagnose=False)


def scenario(name):
    print(f"@@ {name}", flush=True)


async def get(name, url, timeout=1.0, traceback=False, **options):
    scenario(name)
    limits = aiohttp.ClientTimeout(total=timeout, sock_connect=options.pop("connect", None), sock_read=options.pop("read", None))
    try:
        async with aiohttp.ClientSession(timeout=limits) as session:
            async with session.get(url, **options) as answer:
                answer.raise_for_status()
                await answer.json()
                logger.success("{} answered {}", url, answer.status)
    except Exception as error:
        if traceback:
            logger.exception("task failed")
        elif str(error):
            logger.error("{}: {}", type(error).__name__, error)
        else:
            logger.error("{!r} while calling {}", error, url)


async def http():
    await get("refused", "http://inventory.internal:8081/v1/stock")
    await get("refused-traceback", "http://inventory.internal:8081/v1/stock", traceback=True)
    await get("total-timeout", "http://legacy.internal/", 0.4)
    await get("connect-timeout", "http://legacy.internal/", 5, connect=0.4)
    await get("unreachable", "http://nas.internal/")
    await get("nxdomain", "https://geo.invalid/lookup")
    await get("servfail", "https://hooks.broken-zone.example/lookup")
    await get("response-timeout", "http://inventory.internal:8080/silent", 0.4)
    await get("read-timeout", "http://inventory.internal:8080/silent", 5, read=0.4)
    await get("eof", "http://payments.internal:8080/eof")
    await get("reset", "http://payments.internal:8080/reset")
    await get("truncated", "http://files.example.org:8080/truncated")
    await get("chunk-cut", "http://files.example.org:8080/chunk-cut")
    await get("garbage", "http://users-api.example.com:8080/garbage")
    await get("loop", "http://users-api.example.com:8080/loop")
    for status in (401, 403, 404, 429, 500, 502, 503, 504):
        await get(f"{status}", f"http://users-api.example.com:8080/{status}")
    await get("fine", "http://users-api.example.com:8080/ok")
    trust = ssl.create_default_context(cafile=os.environ["CORPUS_CA"])
    for host in ("login.partner.example", "wiki.corp.example", "shop.example.com", "licence.vendor.example",
                 "gateway.bank.example", "edge.example.net", "edge2.example.net", "edge3.example.net", "inventory.internal"):
        await get(f"tls-{host}", f"https://{host}/", 0.8, ssl=trust)
    await get("proxy", "http://api.example.com/", proxy="http://broker.internal:3128")


async def streams():
    for name, host, port in [("refused", "broker.internal", 9999), ("timeout", "legacy.internal", 22),
                             ("unreachable", "nas.internal", 22), ("nxdomain", "mq.invalid", 22)]:
        scenario(f"stream-{name}")
        try:
            await asyncio.wait_for(asyncio.open_connection(host, port), 0.3)
        except Exception as error:
            logger.warning("cannot reach {}:{} ({!r})", host, port, error)
    scenario("stream-eof")
    reader, writer = await asyncio.open_connection("broker.internal", 7000)
    try:
        await reader.readexactly(8)
    except asyncio.IncompleteReadError as error:
        logger.error("handshake with broker failed: {}", error)
    scenario("stream-reset")
    try:
        reader, writer = await asyncio.open_connection("broker.internal", 7001)
        await reader.readexactly(8)
    except OSError as error:
        logger.error("lost broker connection: {}", error)
    scenario("listen")
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 9000)
    logger.info("listening on 127.0.0.1:9000 (backlog=100, keepalive_timeout=75.0)")
    try:
        await asyncio.start_server(lambda *_: None, "127.0.0.1", 9000)
    except OSError as error:
        logger.critical("{}", error)
    try:
        await asyncio.start_server(lambda *_: None, "192.0.2.1", 9000)
    except OSError as error:
        logger.critical("{}", error)
    server.close()


async def cancelled():
    scenario("cancelled")
    task = asyncio.create_task(get("cancelled", "http://inventory.internal:8080/silent", 5))
    await asyncio.sleep(0.2)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        logger.warning("request to inventory.internal cancelled: {!r}", error)


async def main():
    logger.info("starting worker pool: size=8 timeout=1.0s retries=3")
    await http()
    await streams()
    await cancelled()
    scenario("end")
    logger.debug("connection pool closed, 0 connections leaked")
    try:
        open("/srv/shop/settings.toml")
    except OSError as error:
        logger.warning("no settings file, using defaults: {}", error)


asyncio.run(main())
