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
    what = f"The broker {address} refuses the connection: {_plain(reason)}."
    if reason.value in _HINTS:
        return FeedRejected(what, _HINTS[reason.value])
    return FeedUnavailable(what, "It is tried again soon.")


def not_subscribed(address: str, topic: str, reason: ReasonCode) -> IocError:
    """The broker does not give us a topic."""
    return FeedRejected(
        f"The broker {address} refuses the subscription to “{topic}”: {_plain(reason)}.", "Let the user read it, or check the topic."
    )


def ended(address: str, client_id: str, reason: ReasonCode, *, told: bool, connected: bool) -> IocError:
    """The connection has ended by itself; ``told`` is whether the broker has said why."""
    if told and reason.value == _TAKEN_OVER:
        return FeedUnavailable(
            f"Another client has connected to {address} as “{client_id}” and has taken this feed's session over.",
            "Give every client a client_id of its own.",
        )
    if told:
        return FeedUnavailable(f"The broker {address} has ended the connection: {_plain(reason)}.", "It is connected again soon.")
    if connected:
        return FeedUnavailable(
            f"The connection to the broker {address} has ended.",
            f"It is connected again soon; if this goes on, another client may call itself “{client_id}” too.",
        )
    return FeedUnavailable(
        f"The broker {address} ends the connection before it answers.",
        "It may ask for TLS, for a certificate of ours, or for another version of MQTT.",
    )


def unreachable(address: str, fault: OSError) -> IocError:
    """No connection has come about."""
    if isinstance(fault, ssl.SSLCertVerificationError):
        return FeedRejected(
            f"The certificate of the broker {address} is not trusted: {fault.verify_message.rstrip('.')}.",
            "Name the authority that has signed it with ca_file, and the broker as its certificate does.",
        )
    if isinstance(fault, ssl.SSLError):
        return FeedUnavailable(f"No TLS with {address}: {_told(fault)}.", "Check that this port speaks TLS.")
    if isinstance(fault, TimeoutError):
        return FeedUnavailable(f"The broker {address} does not answer.", "Check host, port and the way there.")
    return FeedUnavailable(
        f"The broker {address} cannot be reached: {fault.strerror or fault}.",
        "Check host and port, that it runs, and whether it speaks TLS.",
    )


def silent(address: str, what: str) -> IocError:
    """The connection is there, and nothing comes."""
    return FeedUnavailable(f"{address} does not answer {what}.", "Check that it is an MQTT broker, and how it is doing.")


def unreadable_file(option: str, path: str, fault: OSError) -> IocError:
    """A certificate or a key cannot be used."""
    if isinstance(fault, ssl.SSLError):
        return FeedRejected(f"{option} {path} does not hold what is needed: {_told(fault)}.", "It must be PEM.")
    return FeedUnavailable(f"{option} {path} cannot be read: {fault.strerror or fault}.", "Put it there, readable to this program.")


def _told(fault: ssl.SSLError) -> str:
    return (fault.reason or str(fault)).replace("_", " ").lower()


def _plain(reason: ReasonCode) -> str:
    return str(reason).lower()
