"""What can go wrong between us and a broker, each in a sentence."""

from __future__ import annotations

import ssl

from paho.mqtt.reasoncodes import ReasonCode

from ioc.errors import FeedRejected, FeedUnavailable, IocError

_UNSUPPORTED_VERSION, _BAD_NAME, _BAD_USER, _NOT_AUTHORIZED, _BANNED, _TAKEN_OVER = 132, 133, 134, 135, 138, 142
_HINTS = {
    _UNSUPPORTED_VERSION: "Say which version of MQTT it speaks with version.",
    _BAD_NAME: "Give another client_id.",
    _BAD_USER: "Check user and password.",
    _NOT_AUTHORIZED: "Check user and password, and what they may do there.",
    _BANNED: "Ask the broker's administrator.",
}


def refused(address: str, reason: ReasonCode) -> IocError:
    """The broker does not take us."""
    kind = FeedRejected if reason.value in _HINTS else FeedUnavailable
    hint = _HINTS.get(reason.value, "It is tried again soon.")
    return kind("The broker {address} refuses the connection: {reason}.", hint, address=address, reason=_plain(reason))


def not_subscribed(address: str, topic: str, reason: ReasonCode) -> IocError:
    """The broker does not give us a topic."""
    return FeedRejected(
        "The broker {address} refuses the subscription to “{topic}”: {reason}.",
        "Let the user read it, or check the topic.",
        address=address,
        topic=topic,
        reason=_plain(reason),
    )


def ended(address: str, client_id: str, reason: ReasonCode, *, told: bool, connected: bool) -> IocError:
    """The connection has ended by itself; ``told`` is whether the broker has said why."""
    if told and reason.value == _TAKEN_OVER:
        return FeedUnavailable(
            "Another client has connected to {address} as “{client_id}” and has taken this feed's session over.",
            "Give every client a client_id of its own.",
            address=address,
            client_id=client_id,
        )
    if told:
        return FeedUnavailable(
            "The broker {address} has ended the connection: {reason}.",
            "It is connected again soon.",
            address=address,
            reason=_plain(reason),
        )
    if connected:
        return FeedUnavailable(
            "The connection to the broker {address} has ended.",
            "It is connected again soon; if this goes on, another client may call itself “{client_id}” too.",
            address=address,
            client_id=client_id,
        )
    return FeedUnavailable(
        "The broker {address} ends the connection before it answers.",
        "It may ask for TLS, for a certificate of ours, or for another version of MQTT.",
        address=address,
    )


def unreachable(address: str, fault: OSError) -> IocError:
    """No connection has come about."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return FeedRejected(
            "The certificate of the broker {address} is not trusted: {fault}.",
            "Name the authority that has signed it with ca_file, and the broker as its certificate does.",
            address=address,
            fault=fault.verify_message.rstrip("."),
        )
    if isinstance(fault, ssl.SSLError):
        return FeedUnavailable("No TLS with {address}: {fault}.", "Check that this port speaks TLS.", address=address, fault=_told(fault))
    if isinstance(fault, TimeoutError):
        return FeedUnavailable("The broker {address} does not answer.", "Check host, port and the way there.", address=address)
    return FeedUnavailable(
        "The broker {address} cannot be reached: {fault}.",
        "Check host and port, that it runs, and whether it speaks TLS.",
        address=address,
        fault=fault.strerror or fault,
    )


def silent(address: str, *, subscribing: bool = False) -> IocError:
    """The connection is there, and nothing comes."""
    what = "{address} does not answer the subscription." if subscribing else "{address} does not answer the connection."
    return FeedUnavailable(what, "Check that it is an MQTT broker, and how it is doing.", address=address)


def unreadable_file(option: str, path: str, fault: OSError) -> IocError:
    """A certificate or a key cannot be used."""
    if isinstance(fault, ssl.SSLError):
        return FeedRejected(
            "{option} {path} does not hold what is needed: {fault}.", "It must be PEM.", option=option, path=path, fault=_told(fault)
        )
    return FeedUnavailable(
        "{option} {path} cannot be read: {fault}.",
        "Put it there, readable to this program.",
        option=option,
        path=path,
        fault=fault.strerror or fault,
    )


def _told(fault: ssl.SSLError) -> str:
    return (fault.reason or str(fault)).replace("_", " ").lower()


def _plain(reason: ReasonCode) -> str:
    return str(reason).lower()
