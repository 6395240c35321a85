"""httpx under structlog: as key=value, as JSON, and for a terminal."""

import logging
import os
import ssl
import sys

import httpx
import structlog

STYLES = {
    "logfmt": structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
    "json": structlog.processors.JSONRenderer(),
    "console": structlog.dev.ConsoleRenderer(colors=False),
}
CASES = [
    ("refused", "GET", "http://inventory.internal:8081/v1/stock", 1),
    ("connect-timeout", "GET", "http://legacy.internal/export.csv", 0.3),
    ("unreachable", "GET", "http://nas.internal/", 1),
    ("nxdomain", "GET", "https://geo.invalid/lookup", 1),
    ("response-timeout", "GET", "http://inventory.internal:8080/silent", 0.4),
    ("eof", "POST", "http://payments.internal:8080/eof", 1),
    ("reset", "POST", "http://payments.internal:8080/reset", 1),
    ("truncated", "GET", "http://files.example.org:8080/truncated", 1),
    ("garbage", "GET", "http://users-api.example.com:8080/garbage", 1),
    ("loop", "GET", "http://users-api.example.com:8080/loop", 1),
    ("429", "GET", "http://users-api.example.com:8080/429", 1),
    ("503", "GET", "http://users-api.example.com:8080/503", 1),
    ("404", "GET", "http://users-api.example.com:8080/404", 1),
    ("fine", "GET", "http://users-api.example.com:8080/ok", 1),
    ("expired", "GET", "https://login.partner.example/token", 1),
    ("self-signed", "GET", "https://wiki.corp.example/", 1),
    ("name", "GET", "https://shop.example.com/cart", 1),
    ("tls-eof", "GET", "https://edge.example.net/", 1),
    ("tls-silent", "GET", "https://edge2.example.net/", 0.4),
    ("tls-plain", "GET", "https://inventory.internal/", 1),
]


def configure(style):
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info if style != "console" else (lambda *it: it[2]),
            STYLES[style],
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=False,
    )
    return structlog.get_logger()


def run(style):
    log = configure(style).bind(service="cart")
    log.info("listening", address="0.0.0.0:8000", request_timeout_s=30, max_retries=3)
    trust = ssl.create_default_context(cafile=os.environ["CORPUS_CA"])
    for name, method, url, timeout in CASES:
        print(f"@@ {style}-{name}", flush=True)
        log.debug("calling", method=method, url=url)
        try:
            with httpx.Client(verify=trust, timeout=timeout, follow_redirects=True) as client:
                answer = client.request(method, url).raise_for_status()
                log.info("upstream answered", status=answer.status_code, url=url)
        except Exception as error:
            kind = type(error).__name__
            if style == "logfmt":
                log.error("request failed", error=str(error), kind=kind)
            elif style == "json":
                log.error("upstream call failed", url=url, error=repr(error))
            else:
                log.warning(f"{kind}: {error}", host=url.split("/")[2])
    log.info("shutdown complete", failed=0, pending=0)


if __name__ == "__main__":
    for style in STYLES:
        run(style)
    print("@@ standard", flush=True)
    logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(levelname)s [%(asctime)s] %(name)s - %(message)s")
    httpx.get("http://users-api.example.com:8080/ok")
    try:
        httpx.get("http://inventory.internal:8081/v1/stock")
    except httpx.ConnectError:
        logging.getLogger("cart").exception("stock lookup failed")
