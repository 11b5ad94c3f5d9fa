"""Sends files to an address (HTTP POST, multipart)."""

from __future__ import annotations

from collections.abc import Callable

import urllib3

from ioc.catalogue.deliveries import WebhookSettings
from ioc.exports.deliveries.parcel import DeliveryFault, Parcel


def post(parcel: Parcel, to: WebhookSettings, reveal: Callable[[str], str]) -> None:
    """Send them. Raises DeliveryFault: nobody answers, or the answer is no."""
    fields: list[tuple[str, str | tuple[str, bytes]]] = [("title", parcel.title), ("text", parcel.text)]
    fields += [("file", (file.name, file.read_bytes())) for file in parcel.files]
    headers = {"Authorization": f"Bearer {reveal(to.token)}"} if to.token else {}
    timeout = urllib3.Timeout(total=to.timeout.total_seconds())
    try:
        with urllib3.PoolManager() as pool:
            answer = pool.request("POST", to.url, fields=fields, headers=headers, timeout=timeout, retries=False, redirect=False)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise DeliveryFault("{url} does not answer: {fault}.", "Check the address of the webhook.", url=to.url, fault=error) from error
    if not 200 <= answer.status < 300:
        raise DeliveryFault(
            "{url} does not take the files: it answers {status}.",
            "Ask those who run it, and check the token.",
            url=to.url,
            status=answer.status,
        )
