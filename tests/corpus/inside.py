"""Runs in the namespaces that `run` makes: starts the peers, then each program of `commands`."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SECONDS_AT_MOST = 240


def run(name, command, raw):
    raw.parent.mkdir(parents=True, exist_ok=True)
    raw.unlink(missing_ok=True)
    with raw.open("ab") as output:
        try:
            subprocess.run(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL,
                           timeout=SECONDS_AT_MOST, cwd=HERE)
        except subprocess.TimeoutExpired:
            sys.exit(f"corpus: {name} did not end within {SECONDS_AT_MOST} s")


def main():
    peers = subprocess.Popen([sys.executable, HERE / "peers/main.py", HERE / "tls"], stdout=subprocess.PIPE)
    if peers.stdout.readline() != b"peers are up\n":
        sys.exit("corpus: the peers did not start")
    try:
        for line in (HERE / "commands").read_text().splitlines():
            name, *command = line.split("\t")
            print(f"corpus: running {name}", file=sys.stderr, flush=True)
            run(name, command, HERE / "raw" / f"{name}.log")
    finally:
        peers.kill()


if __name__ == "__main__":
    main()
