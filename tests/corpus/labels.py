"""Joins what the programs printed with the labels that people gave.

A line keeps its label, and its first times and ports, for as long as it stays the same
but for times, durations, ports of clients, process ids and addresses of objects.
A line without a label goes to `new.jsonl`, to be read, labelled and appended.
"""

import json
import re
import sys
from collections import Counter

FIELDS = ["program", "scenario", "line", "runtime", "is_fault", "category", "host", "port",
          "timeout_ms", "attempt", "max_attempts", "note"]

# What a program is, where its directory does not say it.
RUNTIMES = {
    "servers/nginx": "nginx", "servers/haproxy": "haproxy", "servers/redis": "redis", "servers/postgres": "postgres",
    "servers/rabbitmq": "other", "servers/syslog": "other", "servers": "c",
    "tools/curl": "curl", "tools/psql": "postgres", "tools/redis": "redis", "tools": "c",
    "go/grpc": "grpc", "python/grpc_client": "grpc", "node/grpc": "grpc", "java/Grpc": "grpc",
    "go/kafka": "kafka", "python/kafka_client": "kafka", "node/kafka": "kafka", "java/Kafka": "kafka",
}

VOLATILE = [
    r"(?<= )[-+]?\d+(/[-+]?\d+){2,4}(?= )|\b\d+#\d+|(?<=rocess )\d+|(?<=received from )\d+",
    r"(?<=lock: )\d+|(?<=queue: )\d+|(?<=transaction )\d+|(?<=PID[ =])\d+|(?<=\(node:)\d+|(?<=[a-z] )\d+(?= - -)",
    r"\b([0-9a-f]{2}:){5,7}[0-9a-f]{2}\b|lambda\$\w+\$\d+|correlation id \d+",
    r"\d{4}[-/.]\d\d[-/.]\d\d([T ,-]*\d\d:\d\d(:\d\d)?([.,:]\d+)?)?( ?(Z|UTC|GMT|[+-]\d\d:?\d\d))?",
    r"\d\d/(\d\d|[A-Z][a-z]{2})/\d{4}([ :]\d\d:\d\d:\d\d([.,]\d+)?)?",
    r"\b((Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ ,]+)?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+(, \d{4})?( \d{4})?",
    r"\d\d? (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* \d{4}",
    r"\d?\d:\d\d:\d\d([.,]\d+)?( [AP]M)?",
    r"\b1[789]\d{8}(\.\d+|\d{3}|\d{6}|\d{9})?\b",
    r"\b[IWEF]\d{4}(\d{4})?\b",
    r"0x[0-9a-f]+|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\b|\b(?=[a-z]*\d)[0-9a-f]{6,}\b",
    r"<\d+\.\d+\.\d+>|SHA256:\S+|@[0-9a-f]{5,8}\b|\b[0-9A-F]{12,}\b|\d+(\.\d+)? ?[KMG]?B/s",
    r"(?<=[:=> ])(3[2-9]|[45]\d|6[0-5])\d{3}\b",
    r"\b\d+\.\d+s(,(metadata filters|name resolution|LB pick): \d+\.\d+s)+",
    r"-?\b\d+(\.\d+)?(e-\d+)? ?(ns|us|µs|ms|s|sec|milliseconds?|MILLISECONDS|seconds?|millis)\b",
    r"\d+\.\d{3,}",
    r"\[-?\d+\]|\bpid[ =:]+\d+|\"pid\":\d+|#\d+|\*\d+|\(\d+\)| +\d{3,7} (?=\w+\.(go|cc):\d+\])|goroutine \d+|\b\d{3,7}:[A-Z] |^\d+:",
]
VOLATILE = re.compile("|".join(VOLATILE))
FRAME = re.compile(r'^\s+(at |File "|\S+\.go:\d+|\.\.\. \d+ more)')
FRAMES_AT_MOST = 6
# What differs between two lines that say the same of two peers.
PEER = re.compile(r"(\b[a-z0-9-]+(\.[a-z0-9-]+)+\b(:\d+)?(/[\w/.-]*)?)")
ALIKE_AT_MOST = 2
NOISE = re.compile(r"^([{}] \[\d+ bytes data\]|[<>*] *|\W*|.*---- Linux-.*|[-*] TLSv1.*|\s+\d+K .*)$")


def key(line):
    return VOLATILE.sub("~", line)


def runtime(program):
    directory = program.split("/")[0]
    return RUNTIMES.get(program) or RUNTIMES.get(directory) or directory


def printed(path):
    """The lines of a program, each once, with the scenario they belong to."""
    scenario, seen, alike = None, set(), Counter()
    below_file = False
    for line in path.read_text(errors="replace").replace("\r", "\n").split("\n"):
        line = line.replace(sys.base_prefix + "/", "/usr/").rstrip()
        if line.startswith("@@ "):
            scenario = line[3:]
        elif key(line) not in seen and not NOISE.match(line):
            frame = FRAME.match(line) or (below_file and line.startswith("    "))
            below_file = line.startswith('  File "')
            shape = "frame" if frame else PEER.sub("~", key(line))
            alike[shape] += 1
            if alike[shape] <= (FRAMES_AT_MOST if shape == "frame" else ALIKE_AT_MOST):
                seen.add(key(line))
                yield scenario, line


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def write(path, rows):
    ordered = [{field: row.get(field) for field in FIELDS} for row in rows]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ordered))


def join(corpus, build, programs):
    """How many lines want a label; 0 is a good exit code."""
    old = read(corpus)
    labelled = {(row["program"], key(row["line"])): row for row in old}
    new, came = [], set()
    for program in programs:
        for scenario, line in printed(build / "raw" / f"{program}.log"):
            at = (program, key(line))
            came.add(at)
            if at not in labelled:
                new.append({"program": program, "scenario": scenario, "line": line, "runtime": runtime(program)})
    gone = [row for at, row in labelled.items() if row["program"] in programs and at not in came]
    write(build / "new.jsonl", new)
    write(build / "gone.jsonl", gone)
    write(corpus, sorted(old, key=lambda row: row["program"]))
    print(f"corpus: {len(came) - len(new)} lines as before; {len(gone)} did not come this time and stay, see gone.jsonl; "
          f"{len(new)} are new, see new.jsonl in {build}", file=sys.stderr)
    return 1 if new else 0
