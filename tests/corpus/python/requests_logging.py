"""requests and urllib3 under the standard library's logging, with tracebacks."""

import logging
import os

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(levelname)s %(name)s:%(lineno)d %(message)s")
log = logging.getLogger("shop.checkout")


def scenario(name):
    print(f"@@ {name}", flush=True)


def get(name, url, how=log.error, **options):
    scenario(name)
    options.setdefault("timeout", 1)
    try:
        answer = requests.get(url, **options)
        answer.raise_for_status()
        answer.json()
        log.info("fetched %s in %.0f ms", url, answer.elapsed.total_seconds() * 1000)
    except Exception as error:
        how("could not fetch the stock: %s", error)


def failures():
    get("refused", "http://inventory.internal:8081/v1/stock/42", log.exception)
    get("connect-timeout", "http://legacy.internal/export.csv", timeout=(0.5, 5))
    get("unreachable", "http://nas.internal:5000/share")
    get("no-route", "https://cdn.example.com/app.js")
    get("nxdomain", "https://checkout.shop.invalid/health")
    get("servfail", "https://hooks.broken-zone.example/in")
    get("response-timeout", "http://inventory.internal:8080/v1/silent", timeout=(3.05, 0.7))
    get("body-timeout", "http://files.example.org:8080/v1/slow-body", timeout=0.5)
    get("eof", "http://payments.internal:8080/v1/eof", log.exception)
    get("reset", "http://payments.internal:8080/v1/reset")
    get("truncated", "http://files.example.org:8080/v1/truncated")
    get("chunk-cut", "http://files.example.org:8080/v1/chunk-cut")
    get("bad-chunk", "http://files.example.org:8080/v1/bad-chunk")
    get("loop", "http://users-api.example.com:8080/v1/loop")
    get("garbage", "http://users-api.example.com:8080/v1/garbage")
    get("bad-gzip", "http://users-api.example.com:8080/v1/bad-gzip")
    get("html", "http://users-api.example.com:8080/v1/html")
    for status in (401, 403, 404, 429, 500, 502, 503, 504):
        get(f"status-{status}", f"http://users-api.example.com:8080/v1/users/{status}")
    get("no-scheme", "users-api.example.com/v1/users")


def tls():
    authority = os.environ["CORPUS_CA"]
    for name, host in [
        ("expired", "login.partner.example"), ("self-signed", "wiki.corp.example"), ("name", "shop.example.com"),
        ("unknown", "artifacts.corp.example"), ("future", "licence.vendor.example"), ("client", "gateway.bank.example"),
        ("old", "old.vendor.example"), ("eof", "edge.example.net"), ("silent", "edge2.example.net"),
        ("alert", "edge3.example.net"), ("plain", "inventory.internal"), ("fine", "api.example.com"),
    ]:
        get(f"tls-{name}", f"https://{host}/v1/token", verify=authority)
    get("proxy-refused", "https://api.example.com/v1/ok", proxies={"https": "http://broker.internal:3128"})
    get("proxy-407", "https://api.example.com/v1/ok", proxies={"https": "http://inventory.internal:8080"})


def retries():
    session = requests.Session()
    session.mount("http://", HTTPAdapter(max_retries=Retry(total=2, backoff_factor=0.1, status_forcelist=[502, 503])))
    for name, url in [
        ("retry-refused", "http://orders.prod.svc.cluster.local:8082/orders"),
        ("retry-503", "http://orders.prod.svc.cluster.local:8080/503"),
        ("retry-silent", "http://orders.prod.svc.cluster.local:8080/silent"),
        ("retry-recovered", "http://orders.prod.svc.cluster.local:8080/flaky"),
    ]:
        scenario(name)
        try:
            answer = session.get(url, timeout=0.4)
            log.info("order service answered %s, 0 errors", answer.status_code)
        except requests.RequestException as error:
            log.warning("giving up on the order service: %r", error)


def attempts():
    scenario("own-retry")
    log.info("retry policy: max_attempts=3 backoff=0.2s timeout=1s")
    for attempt in range(1, 4):
        try:
            urllib3.PoolManager().request("GET", "http://payments.internal:9090/charge", retries=False, timeout=0.5)
        except urllib3.exceptions.HTTPError as error:
            log.warning("attempt %d/3 failed, next in 200 ms: %s", attempt, error)
    log.error("payment 4711 failed after 3 attempts")


if __name__ == "__main__":
    log.info("checkout 2.14.0 starting, requests %s, read timeout 5 s", requests.__version__)
    failures()
    tls()
    retries()
    attempts()
    scenario("end")
    log.info("worker stopped: 41 requests, 0 errors")
