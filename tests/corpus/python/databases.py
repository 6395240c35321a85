"""psycopg, psycopg2, asyncpg, SQLAlchemy and PyMySQL, logged as JSON and as text."""

import asyncio
import logging
import sqlite3
import sys

import asyncpg
import psycopg
import psycopg2
import pymysql
import sqlalchemy
from pythonjsonlogger.json import JsonFormatter

handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
json_log = logging.getLogger("orders.db")
json_log.addHandler(handler)
json_log.setLevel(logging.DEBUG)
plain = logging.StreamHandler(sys.stdout)
plain.setFormatter(logging.Formatter("[%(asctime)s] %(levelname)s in %(module)s: %(message)s"))
log = logging.getLogger("app")
log.addHandler(plain)
log.setLevel(logging.DEBUG)

PLACES = [
    ("refused", "db.internal", 5431, "orders"),
    ("timeout", "db-replica.internal", 5432, "orders"),
    ("unreachable", "nas.internal", 5432, "orders"),
    ("nxdomain", "pg.invalid", 5432, "orders"),
    ("eof", "db.internal", 5433, "orders"),
    ("reset", "db.internal", 5434, "orders"),
    ("silent", "db.internal", 5435, "orders"),
    ("full", "pg-main.internal", 5432, "full"),
    ("starting", "pg-main.internal", 5432, "starting"),
    ("password", "pg-main.internal", 5432, "secret"),
    ("hba", "pg-main.internal", 5432, "nohba"),
    ("missing", "pg-main.internal", 5432, "missing"),
    ("statement-timeout", "pg-main.internal", 5432, "slow"),
    ("readonly", "pg-main.internal", 5432, "readonly"),
    ("deadlock", "pg-main.internal", 5432, "deadlock"),
    ("killed", "pg-main.internal", 5432, "killed"),
    ("session-eof", "pg-main.internal", 5432, "eof"),
    ("syntax", "pg-main.internal", 5432, "syntax"),
    ("unique", "pg-main.internal", 5432, "unique"),
]


def with_psycopg2(host, port, database):
    try:
        with psycopg2.connect(host=host, port=port, dbname=database, user="shop", password="x", connect_timeout=2) as it:
            it.cursor().execute("UPDATE orders SET state = 2")
    except psycopg2.Error as error:
        json_log.error("query failed", extra={"error": str(error).strip(), "code": error.pgcode})


def with_psycopg(host, port, database):
    try:
        with psycopg.connect(host=host, port=port, dbname=database, user="shop", password="x", connect_timeout=2,
                             sslmode="disable", prepare_threshold=None, cursor_factory=psycopg.ClientCursor) as it:
            it.execute("UPDATE orders SET state = 2")
    except psycopg.Error as error:
        log.error("%s: %s", type(error).__name__, error)


async def with_asyncpg(host, port, database):
    try:
        it = await asyncpg.connect(host=host, port=port, database=database, user="shop", password="x", timeout=1.5, ssl=False)
        await it.execute("UPDATE orders SET state = 2")
    except Exception as error:
        log.warning("asyncpg: %r", error)


def with_sqlalchemy(host, port, database):
    engine = sqlalchemy.create_engine(f"postgresql+psycopg2://shop:x@{host}:{port}/{database}", connect_args={"connect_timeout": 2})
    try:
        with engine.connect() as it:
            it.execute(sqlalchemy.text("UPDATE orders SET state = 2"))
    except sqlalchemy.exc.SQLAlchemyError as error:
        log.error("order import failed: %s", error)


def pool():
    print("@@ pool", flush=True)
    few = sqlalchemy.pool.QueuePool(lambda: sqlite3.connect(":memory:"), pool_size=1, max_overflow=0, timeout=0.5)
    held = few.connect()
    try:
        few.connect()
    except sqlalchemy.exc.TimeoutError as error:
        log.error("%s", error)
    del held


def mysql():
    for name, host, port in [("refused", "db.internal", 3305), ("timeout", "db-replica.internal", 3306), ("nxdomain", "mysql.invalid", 3306),
                             ("full", "db.internal", 3306), ("blocked", "db.internal", 3307), ("denied", "db.internal", 3308),
                             ("unknown", "db.internal", 3309), ("eof", "db.internal", 3310), ("silent", "db.internal", 3311)]:
        print(f"@@ mysql-{name}", flush=True)
        try:
            pymysql.connect(host=host, port=port, user="shop", password="x", connect_timeout=1, read_timeout=1, ssl_disabled=True)
        except pymysql.Error as error:
            log.error("mysql: %s", error)


if __name__ == "__main__":
    log.info("pool configured: min=2 max=10 acquire timeout=30s statement_timeout=5000ms")
    for name, host, port, database in PLACES:
        print(f"@@ {name}", flush=True)
        with_psycopg2(host, port, database)
        with_psycopg(host, port, database)
        asyncio.run(with_asyncpg(host, port, database))
        if name in ("refused", "password", "readonly", "nxdomain", "session-eof"):
            with_sqlalchemy(host, port, database)
    pool()
    mysql()
    print("@@ end", flush=True)
    json_log.info("migration 0042_add_index applied", extra={"duration_ms": 31, "errors": 0})
    log.debug("connection returned to pool, 2 idle")
