"""grpcio against a server that answers with each status."""

import logging
import os
import sys
from concurrent import futures

import grpc

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(levelname)s:%(name)s:%(message)s")
log = logging.getLogger("recommender")
STATUSES = {
    "UNAVAILABLE": "the service is draining", "DEADLINE_EXCEEDED": "Deadline Exceeded", "RESOURCE_EXHAUSTED": "quota of 100 rps exceeded",
    "UNAUTHENTICATED": "token expired", "PERMISSION_DENIED": "caller may not read cart 42", "UNIMPLEMENTED": "Method not found!",
    "INTERNAL": "database handle is closed", "CANCELLED": "the caller went away", "ABORTED": "transaction was aborted",
    "NOT_FOUND": "no such cart", "INVALID_ARGUMENT": "cart id must be positive",
}


class Handler(grpc.GenericRpcHandler):
    def service(self, details):
        code = details.method.rsplit("/", 1)[1]

        def serve(request, context):
            if code in STATUSES:
                context.abort(grpc.StatusCode[code], STATUSES[code])
            return b""

        return grpc.unary_unary_rpc_method_handler(serve)


def call(name, target, method="Get", timeout=1.0, credentials=None, style="text"):
    print(f"@@ {name}", flush=True)
    channel = grpc.secure_channel(target, credentials) if credentials else grpc.insecure_channel(target)
    try:
        channel.unary_unary(f"/shop.Recommender/{method}")(b"", timeout=timeout)
        log.info("%s %s OK", target, method)
    except grpc.RpcError as error:
        if style == "whole":
            log.error("rpc failed: %s", error)
        else:
            log.error("rpc to %s failed: %s (%s)", target, error.code(), error.details())
    channel.close()


def main():
    server = grpc.server(futures.ThreadPoolExecutor(2), handlers=[Handler()])
    server.add_insecure_port("10.30.0.7:50051")
    server.start()
    log.info("server started, listening on 10.30.0.7:50051")
    for status in STATUSES:
        call(status, "users-api.example.com:50051", status)
    call("UNAVAILABLE-whole", "users-api.example.com:50051", "UNAVAILABLE", style="whole")
    call("fine", "users-api.example.com:50051")
    server.stop(0)
    call("refused", "users-api.example.com:50052")
    call("refused-whole", "users-api.example.com:50052", style="whole")
    call("timeout", "legacy.internal:50051", timeout=0.5)
    call("unreachable", "nas.internal:50051")
    call("nxdomain", "dns:///recommender.invalid:50051")
    call("eof", "users-api.example.com:7000")
    call("http", "inventory.internal:8080")
    call("silent", "users-api.example.com:7002", timeout=0.5)
    trust = grpc.ssl_channel_credentials(open(os.environ["CORPUS_CA"], "rb").read())
    for host in ("login.partner.example", "wiki.corp.example", "shop.example.com", "edge.example.net", "inventory.internal"):
        call(f"tls-{host}", f"{host}:443", credentials=trust)


main()
