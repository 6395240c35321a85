"""Databases and brokers that speak just enough of their protocol to refuse."""

import asyncio
import struct

from http_peer import reset


async def closed(reader, writer):
    """Reads what comes and ends the connection."""
    await reader.read(4096)
    writer.close()


async def closed_at_once(reader, writer):
    writer.close()


async def reset_at_once(reader, writer):
    reset(writer)


async def reset_after_request(reader, writer):
    await reader.read(4096)
    reset(writer)


async def silent(reader, writer):
    await asyncio.sleep(60)


# PostgreSQL: the name of the database selects the answer.

POSTGRES = {
    "full": ("FATAL", "53300", "sorry, too many clients already"),
    "reserved": ("FATAL", "53300", "remaining connection slots are reserved for non-replication superuser connections"),
    "starting": ("FATAL", "57P03", "the database system is starting up"),
    "stopping": ("FATAL", "57P03", "the database system is shutting down"),
    "recovery": ("FATAL", "57P03", "the database system is not accepting connections"),
    "secret": ("FATAL", "28P01", 'password authentication failed for user "shop"'),
    "nohba": ("FATAL", "28000", 'no pg_hba.conf entry for host "10.30.0.7", user "shop", database "nohba", no encryption'),
    "missing": ("FATAL", "3D000", 'database "missing" does not exist'),
}

# These accept the login and answer the first statement.
POSTGRES_LATER = {
    "slow": ("ERROR", "57014", "canceling statement due to statement timeout"),
    "readonly": ("ERROR", "25006", "cannot execute UPDATE in a read-only transaction"),
    "deadlock": ("ERROR", "40P01", "deadlock detected"),
    "serial": ("ERROR", "40001", "could not serialize access due to concurrent update"),
    "killed": ("FATAL", "57P01", "terminating connection due to administrator command"),
    "crash": ("WARNING", "57P02", "terminating connection because of crash of another server process"),
    "disk": ("ERROR", "53100", 'could not extend file "base/16384/16397": No space left on device'),
    "syntax": ("ERROR", "42601", 'syntax error at or near "SELEC"'),
    "unique": ("ERROR", "23505", 'duplicate key value violates unique constraint "orders_pkey"'),
    "table": ("ERROR", "42P01", 'relation "order" does not exist'),
}


def postgres_error(severity, code, message):
    fields = f"S{severity}\0V{severity}\0C{code}\0M{message}\0\0".encode()
    return b"E" + struct.pack("!I", len(fields) + 4) + fields


def postgres_ready():
    status = b"".join(
        b"S" + struct.pack("!I", len(pair) + 4) + pair
        for pair in (b"server_version\x0015.6\0", b"client_encoding\0UTF8\0", b"standard_conforming_strings\0on\0",
                     b"DateStyle\0ISO, MDY\0", b"TimeZone\0UTC\0", b"integer_datetimes\0on\0")
    )
    return b"R" + struct.pack("!II", 8, 0) + status + b"K" + struct.pack("!III", 12, 4711, 1) + b"Z\0\0\0\5I"


async def postgres(reader, writer):
    try:
        while True:
            (length,) = struct.unpack("!I", await reader.readexactly(4))
            packet = await reader.readexactly(length - 4)
            if len(packet) == 4:  # a question for TLS or GSS
                writer.write(b"N")
                continue
            break
        fields = packet[4:].split(b"\0")
        database = fields[fields.index(b"database") + 1].decode()
        if database in POSTGRES:
            writer.write(postgres_error(*POSTGRES[database]))
            await writer.drain()
        else:
            await postgres_session(database, reader, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def postgres_session(database, reader, writer):
    writer.write(postgres_ready())
    while True:
        kind = await reader.readexactly(1)
        (length,) = struct.unpack("!I", await reader.readexactly(4))
        statement = await reader.readexactly(length - 4)
        if kind == b"X":
            return
        if kind not in b"QS":  # simple query, or the end of an extended one
            continue
        if database == "eof":
            return
        if database == "reset":
            return reset(writer)
        if database == "silent":
            await asyncio.sleep(60)
        harmless = database not in POSTGRES_LATER or statement.upper().startswith((b"BEGIN", b"SET "))
        if harmless:
            writer.write(b"C\0\0\0\x0dSELECT 0\0" + b"Z\0\0\0\5I")
        else:
            writer.write(postgres_error(*POSTGRES_LATER[database]))
            if POSTGRES_LATER[database][0] != "ERROR":
                return await writer.drain()
            writer.write(b"Z\0\0\0\5I")


# Redis: the port selects the answer to every command.

REDIS = {
    6380: "LOADING Redis is loading the dataset in memory",
    6381: "NOAUTH Authentication required.",
    6382: "WRONGPASS invalid username-password pair or user is disabled.",
    6383: "READONLY You can't write against a read only replica.",
    6384: "OOM command not allowed when used memory > 'maxmemory'.",
    6385: "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.",
    6386: "CLUSTERDOWN The cluster is down",
    6387: "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    6388: "ERR max number of clients reached",
    6389: "NOPERM User shop has no permissions to run the 'get' command",
    6390: "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    6391: "WRONGTYPE Operation against a key holding the wrong kind of value",
}
GREETING = ("HELLO", "CLIENT", "SELECT", "COMMAND", "INFO")


def redis(error):
    """Greets, except where the login itself fails, and refuses every command."""

    async def serve(reader, writer):
        lenient = not error.startswith(("NOAUTH", "WRONGPASS", "ERR max", "LOADING"))
        try:
            while line := await reader.readline():
                words = []
                for _ in range(int(line[1:])):
                    size = int((await reader.readline())[1:])
                    words.append((await reader.readexactly(size + 2))[:-2].decode())
                greeting = words[0].upper() in GREETING
                if greeting and words[0].upper() == "HELLO":
                    reply = "-ERR unknown command 'HELLO'" if lenient or error.startswith("LOADING") else f"-{error}"
                elif greeting and words[0].upper() == "INFO" and lenient:
                    reply = "$20\r\nredis_version:7.0.15"
                else:
                    reply = "+OK" if greeting and lenient else f"-{error}"
                writer.write(reply.encode() + b"\r\n")
                await writer.drain()
        except (ValueError, asyncio.IncompleteReadError, ConnectionError):
            pass
        writer.close()

    return serve


# MySQL: an error instead of, or after, the greeting.


def mysql_packet(number, payload):
    return struct.pack("<I", len(payload))[:3] + bytes([number]) + payload


def mysql_error(number, code, state, message):
    sqlstate = b"#" + state.encode() if state else b""
    return mysql_packet(number, b"\xff" + struct.pack("<H", code) + sqlstate + message.encode())


MYSQL_GREETING = (
    b"\x0a8.0.36\0" + struct.pack("<I", 12) + b"abcdefgh\0" + struct.pack("<H", 0xF7FF) + b"\x21\x02\0"
    + struct.pack("<H", 0x81FF & ~0x0008 | 0x0008) + b"\x15" + b"\0" * 10 + b"ijklmnopqrst\0mysql_native_password\0"
)


def mysql(code, state, message, greet=False):
    async def serve(reader, writer):
        if greet:
            writer.write(mysql_packet(0, MYSQL_GREETING.replace(struct.pack("<H", 0xF7FF), struct.pack("<H", 0xF7FF & ~0x0800))))
            await writer.drain()
            await reader.read(4096)
        writer.write(mysql_error(2 if greet else 0, code, state, message))
        await writer.drain()
        writer.close()

    return serve


# AMQP: starts, reads the answer, and closes with a code.


def amqp_method(kind, method, arguments):
    payload = struct.pack("!HH", kind, method) + arguments
    return b"\x01\0\0" + struct.pack("!I", len(payload)) + payload + b"\xce"


def amqp_short(text):
    return bytes([len(text)]) + text.encode()


def amqp_long(data):
    return struct.pack("!I", len(data)) + data


CAPABILITIES = amqp_short("capabilities") + b"F" + amqp_long(amqp_short("authentication_failure_close") + b"t\x01")
AMQP_START = amqp_method(10, 10, b"\0\x09" + amqp_long(CAPABILITIES) + amqp_long(b"PLAIN AMQPLAIN") + amqp_long(b"en_US"))


def amqp(code, text, tune=False):
    async def serve(reader, writer):
        await reader.readexactly(8)
        writer.write(AMQP_START)
        await writer.drain()
        await reader.read(4096)
        if tune:
            writer.write(amqp_method(10, 30, struct.pack("!HIH", 2047, 131072, 60)))
            await writer.drain()
            await reader.read(4096)
        writer.write(amqp_method(10, 50, struct.pack("!H", code) + amqp_short(text) + struct.pack("!HH", 10, 40)))
        await writer.drain()
        await reader.read(4096)
        writer.close()

    return serve


async def amqp_old(reader, writer):
    """Does not know the version that the client speaks."""
    await reader.readexactly(8)
    writer.write(b"AMQP\0\0\x09\x01")
    await writer.drain()
    writer.close()


# Others that greet with text.


def text(*lines):
    """Sends a line, then the next for each line that comes, the last one again and again."""

    async def serve(reader, writer):
        for line in lines:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()
            if len(lines) > 1 and not await reader.readline():
                break
        while len(lines) > 1 and await reader.readline():
            writer.write(lines[-1].encode() + b"\r\n")
            await writer.drain()
        await asyncio.sleep(0.2)
        writer.close()

    return serve


NATS_INFO = 'INFO {"server_id":"NA","version":"2.10.11","proto":1,"host":"0.0.0.0","port":4222,"headers":true,"auth_required":true,"max_payload":1048576}'

SERVERS = {
    5432: postgres,
    5433: closed,
    5434: reset_after_request,
    5435: silent,
    3306: mysql(1040, "08004", "Too many connections"),
    3307: mysql(1129, "", "Host '10.30.0.7' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'"),
    3308: mysql(1045, "28000", "Access denied for user 'shop'@'10.30.0.7' (using password: YES)", greet=True),
    3309: mysql(1049, "42000", "Unknown database 'orders'", greet=True),
    3310: closed_at_once,
    3311: silent,
    3312: mysql(1053, "08S01", "Server shutdown in progress", greet=True),
    6392: closed,
    6393: silent,
    6394: reset_after_request,
    5672: amqp(403, "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile."),
    5673: amqp(530, "NOT_ALLOWED - vhost shop not found", tune=True),
    5674: amqp(320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'", tune=True),
    5675: amqp_old,
    5676: closed,
    5677: silent,
    9093: closed,
    9094: silent,
    9095: reset_after_request,
    4223: text(NATS_INFO, "-ERR 'Authorization Violation'"),
    4224: text("-ERR 'maximum connections exceeded'"),
    4225: closed,
    4226: silent,
    2525: text("421 4.3.2 Service not available, closing transmission channel"),
    2526: text("220 mail.internal ESMTP", "554 5.7.1 Service unavailable; client host blocked"),
    2527: silent,
    2528: text("220 mail.internal ESMTP", "250-mail.internal\r\n250 AUTH PLAIN LOGIN", "535 5.7.8 Error: authentication failed: bad credentials"),
    2200: closed_at_once,
    2201: reset_at_once,
    2202: silent,
    2203: text("HTTP/1.1 400 Bad Request"),
    7000: closed_at_once,
    7001: reset_at_once,
    7002: silent,
    7003: text("220 ftp.internal ready"),
}
SERVERS.update({port: redis(error) for port, error in REDIS.items()})
