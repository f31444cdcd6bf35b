"""Prints each alert of the topic once. Needs Python 3.9 and `pip install confluent-kafka`."""

import json
import os
from collections import OrderedDict

from confluent_kafka import Consumer

consumer = Consumer(
    {
        "bootstrap.servers": os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092"),
        "group.id": "alert-printer",
        "auto.offset.reset": "earliest",
        # An alert is done when it was printed, not when it was read.
        "enable.auto.commit": False,
    }
)
consumer.subscribe([os.environ.get("KAFKA_TOPIC", "cpm.alerts")])

# Alerts are delivered at least once, and a repeat has the same id.
seen = OrderedDict()

try:
    while True:
        record = consumer.poll(1.0)
        if record is None or record.error():
            continue
        event = json.loads(record.value())
        # Fields are only ever added within a type; other types are for later programs.
        if event["type"] == "crypto-price-monitor.alert.v1" and event["id"] not in seen:
            alert = event["data"]
            print(event["time"], alert["severity"], alert["coin"], alert["message"], flush=True)
            seen[event["id"]] = True
            if len(seen) > 100_000:
                seen.popitem(last=False)
        consumer.commit(record, asynchronous=False)
except KeyboardInterrupt:
    pass
finally:
    consumer.close()
