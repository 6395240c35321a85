"""tenacity and backoff, which log their retries themselves."""

import logging
import sys

import backoff
import requests
import tenacity

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(asctime)s|%(levelname)s|%(name)s|%(message)s")
logging.getLogger("urllib3").setLevel(logging.ERROR)
log = logging.getLogger("sync")


def scenario(name):
    print(f"@@ {name}", flush=True)


def fetch(url):
    answer = requests.get(url, timeout=0.4)
    answer.raise_for_status()
    return answer


def with_tenacity(url):
    @tenacity.retry(stop=tenacity.stop_after_attempt(3), wait=tenacity.wait_fixed(0.05), before=tenacity.before_log(log, logging.DEBUG),
                    before_sleep=tenacity.before_sleep_log(log, logging.WARNING), after=tenacity.after_log(log, logging.INFO))
    def sync_prices():
        return fetch(url)

    try:
        sync_prices()
        log.info("prices synchronised")
    except tenacity.RetryError as error:
        log.error("price sync failed: %s", error)


def with_backoff(url):
    @backoff.on_exception(backoff.constant, requests.RequestException, max_tries=3, interval=0.05, logger=log, jitter=None)
    def sync_stock():
        return fetch(url)

    try:
        sync_stock()
        log.info("stock synchronised")
    except requests.RequestException as error:
        log.error("stock sync failed: %s", error)


for name, url in [("refused", "http://inventory.internal:8081/prices"), ("timeout", "http://legacy.internal/prices"),
                  ("nxdomain", "http://prices.invalid/v2"), ("503", "http://inventory.internal:8080/503"),
                  ("flaky", "http://inventory.internal:8080/flaky")]:
    scenario(f"tenacity-{name}")
    with_tenacity(url)
    scenario(f"backoff-{name}")
    with_backoff(url)
