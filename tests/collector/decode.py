"""Decodes a request of OTLP with the official definitions, and prints it as JSON.

Fails where something in it is unknown to the definitions or would be written otherwise.
"""

import sys

from google.protobuf.json_format import MessageToJson
from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest


def known(message):
    """Stops at a field that the definitions do not have, at any depth."""
    assert len(UnknownFieldSet(message)) == 0, message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for part in value if field.is_repeated else [value]:
                known(part)


encoded = open(sys.argv[1], "rb").read()
request = ExportLogsServiceRequest.FromString(encoded)
known(request)
assert len(request.SerializeToString()) == len(encoded), "not in its shortest form"
print(MessageToJson(request, indent=None))
