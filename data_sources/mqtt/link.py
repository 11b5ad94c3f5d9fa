"""The connection to a broker: one session that outlives it, and acknowledgements that are given by whoever keeps the messages."""

from __future__ import annotations

import math
import ssl
import threading
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, topic_matches_sub
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from data_sources.mqtt import faults
from data_sources.mqtt.inbox import Inbox, Message
from data_sources.mqtt.options import MqttOptions
from data_sources.secret import revealed
from ioc.clock import Clock
from ioc.errors import FeedUnavailable, IocError

# Seconds for a connection, and for each answer after it; and between signs of life.
PATIENCE, KEEP_ALIVE = 10, 30


class Link:
    """One connection; when it has ended, another is made. Its callbacks run in the library's thread.

    What is retained comes with a subscription, also when that is not new; from topics that were subscribed to before it is passed over.

    Args:
        options: which broker, and what of it.
        base: the folder that relative paths start from.
        clock: tells when a message came.
        known: filters that this subscriber has had messages from.

    Attributes:
        inbox: what has come; a fault of the connection is raised there.
        subscribed: set when the broker sends all topics.
        resumed: whether the broker has remembered us from an earlier connection.
    """

    def __init__(self, options: MqttOptions, base: Path, clock: Clock, known: Collection[str] = ()) -> None:
        self.inbox = Inbox(options.in_flight)
        self.subscribed = threading.Event()
        self.resumed = False
        self._options, self._base, self._clock, self._known = options, base, clock, known
        self._filters = [pattern.filter for pattern in options.patterns()]
        self._answered = threading.Event()
        self._last = clock.now()
        self._client = self._made()

    def open(self) -> None:
        """Connect and ask for the topics. Raises FeedUnavailable or FeedRejected."""
        options = self._options
        try:
            if options.version == "5":
                self._client.connect(options.host, options.at_port, KEEP_ALIVE, clean_start=False, properties=self._properties())
            else:
                self._client.connect(options.host, options.at_port, KEEP_ALIVE)
        except OSError as fault:
            raise faults.unreachable(options.address, fault) from fault
        except ValueError as fault:  # a name that no address can be looked up for
            raise FeedUnavailable("“{host}” is no name of a host.", "Check host.", host=options.host) from fault
        self._client.loop_start()
        if not self._answered.wait(PATIENCE):
            raise faults.silent(options.address)
        self.inbox.wait(0)

    def close(self) -> None:
        """End the connection, after what was acknowledged has been told; the session stays."""
        self.inbox.close()
        self._client.disconnect()
        self._client.loop_stop()

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Tell the broker that these are kept, in their order."""
        for message in messages:
            if message.number and self._client.is_connected():
                self._client.ack(message.number, 1)

    def _made(self) -> Client:
        options = self._options
        version = MQTTProtocolVersion.MQTTv5 if options.version == "5" else MQTTProtocolVersion.MQTTv311
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=options.client_id,
            clean_session=None if options.version == "5" else False,
            protocol=version,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = PATIENCE
        if options.user:
            client.username_pw_set(options.user, revealed(options.password, self._base) if options.password else None)
        if options.tls:
            client.tls_set_context(self._tls())
        client.on_connect, client.on_disconnect = self._connected, self._disconnected
        client.on_subscribe, client.on_message = self._subscribed, self._heard
        return client

    def _properties(self) -> Properties:
        found = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # the library says nothing of it
        found.SessionExpiryInterval = math.ceil(self._options.session_days * 86400)
        found.ReceiveMaximum = self._options.in_flight
        return found

    def _tls(self) -> ssl.SSLContext:
        def path(name: str) -> str:
            return str(self._base / name)

        options = self._options
        try:
            context = ssl.create_default_context(cafile=path(options.ca_file) if options.ca_file else None)
        except OSError as fault:
            raise faults.unreadable_file("ca_file", path(options.ca_file or ""), fault) from fault
        context.sslsocket_class = _TidySocket
        if options.certificate_file and options.key_file:
            try:
                context.load_cert_chain(path(options.certificate_file), path(options.key_file), password="")
            except OSError as fault:
                raise faults.unreadable_file("certificate_file or key_file", path(options.certificate_file), fault) from fault
        return context

    def _connected(self, client: Client, data: Any, flags: ConnectFlags, reason: ReasonCode, properties: Properties | None) -> None:
        if reason.is_failure:
            self._failed(faults.refused(self._options.address, reason))
        else:
            self.resumed = flags.session_present
            if self._options.version == "5":
                wanted = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
                client.subscribe([(topic, wanted) for topic in self._filters])
            else:
                client.subscribe([(topic, 1) for topic in self._filters])
        self._answered.set()

    def _subscribed(self, client: Client, data: Any, number: int, reasons: list[ReasonCode], properties: Properties | None) -> None:
        for topic, reason in zip(self._filters, reasons, strict=False):
            if reason.is_failure:
                self._failed(faults.not_subscribed(self._options.address, topic, reason))
                return
        self.subscribed.set()

    def _disconnected(self, client: Client, data: Any, flags: DisconnectFlags, reason: ReasonCode, properties: Properties | None) -> None:
        told, connected = flags.is_disconnect_packet_from_server, self._answered.is_set()
        self._failed(faults.ended(self._options.address, self._options.client_id, reason, told=told, connected=connected))
        self._answered.set()

    def _failed(self, fault: IocError) -> None:
        self.inbox.fail(fault)

    def _heard(self, client: Client, data: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = None
        if message.retain and self.resumed and any(topic_matches_sub(known, topic) for known in self._known if topic):
            client.ack(message.mid, message.qos)
            return
        size = len(message.payload)
        payload = bytes(message.payload) if size <= self._options.max_message_kib * 1024 else None
        # A machine's clock may stand still or be set back; the order of messages is theirs.
        self._last = max(self._clock.now(), self._last + timedelta(microseconds=1))
        number = message.mid if message.qos else 0
        self.inbox.put(Message(topic, payload, size, number, bool(message.dup), self._last))


class _TidySocket(ssl.SSLSocket):
    """A socket that is closed when there is no agreement on how to encrypt; the library forgets it."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
