"""Sends files by mail (SMTP)."""

from __future__ import annotations

import mimetypes
import smtplib
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from ioc.catalogue.deliveries import MailSettings
from ioc.exports.deliveries.parcel import DeliveryFault, Parcel


def send(parcel: Parcel, to: Sequence[str], server: MailSettings, reveal: Callable[[str], str], now: datetime) -> None:
    """Send them to some addresses.

    Args:
        reveal: reads a password that may be in a file.

    Raises:
        DeliveryFault: the server is away, refuses to be signed in to, or refuses a mailbox.
    """
    letter = _letter(parcel, to, server.sender, now)
    try:
        with _opened(server) as line:
            if server.user:
                line.login(server.user, reveal(server.password or ""))
            refused = line.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(error.recipients) from error
    except smtplib.SMTPAuthenticationError as error:
        raise DeliveryFault(
            "The mail server {host} does not let “{user}” in.", "Correct user and password under mail.", host=server.host, user=server.user
        ) from error
    except smtplib.SMTPResponseException as error:
        told = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise DeliveryFault(
            "The mail server {host} refuses the letter: {code} {told}.",
            "Ask those who run it; a letter may be too large for it.",
            host=server.host,
            code=error.smtp_code,
            told=told,
        ) from error
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryFault(
            "The mail server {host}:{port} does not answer: {fault}.",
            "Check host, port and security under mail.",
            host=server.host,
            port=server.port,
            fault=error,
        ) from error
    if refused:
        raise _refused(refused)


def _opened(server: MailSettings) -> smtplib.SMTP:
    seconds = server.timeout.total_seconds()
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=ssl.create_default_context())
    line = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        if server.security == "starttls":
            line.starttls(context=ssl.create_default_context())
    except BaseException:
        line.close()
        raise
    return line


def _letter(parcel: Parcel, to: Sequence[str], sender: str, now: datetime) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = " ".join(parcel.title.split())[:200]
    letter["From"], letter["To"] = sender, ", ".join(to)
    letter["Date"], letter["Message-ID"] = formatdate(now.timestamp()), make_msgid(domain=sender.rpartition("@")[2])
    letter.set_content(parcel.text)
    for file in parcel.files:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        main, _, sub = kind.partition("/")
        letter.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    return letter


def _refused(found: dict[str, tuple[int, bytes]]) -> DeliveryFault:
    told = "; ".join(f"{address} ({code} {said.decode('utf-8', 'replace')})" for address, (code, said) in found.items())
    return DeliveryFault("A mailbox refuses the letter: {told}.", "Correct its address; the others may have got it.", told=told)
