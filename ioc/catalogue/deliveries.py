"""Exports that go out of themselves: what, when, in which form, to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from ioc.catalogue.entry import Entry, Text
from ioc.catalogue.schedule import Duration, Schedule
from ioc.errors import Said

Address = Annotated[str, StringConstraints(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+$")]


class MailSettings(Entry):
    """The server that mail goes through (SMTP)."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    sender: Address
    timeout: Duration = Field(default=timedelta(seconds=30), gt=timedelta(0))


class WebhookSettings(Entry):
    """An address that files are sent to (POST, multipart), with a token if it wants one."""

    url: str = Field(pattern=r"^https?://")
    token: str | None = None
    timeout: Duration = Field(default=timedelta(seconds=30), gt=timedelta(0))


class DeliverySettings(Entry):
    """One schedule.

    Attributes:
        show: what is exported, as `ioc export` names it.
        formats: in which forms.
        folder, mail, webhook: where it goes; at least one of them. ``mail`` are addresses.
        sign: whether it is signed.
        stale: whether it goes out though a feed behind it is late; the document says so in its head.
        retries: how often it is tried again after a failure, and how long each time is waited.
    """

    label: Text
    show: str = Field(min_length=1, max_length=2000)
    formats: tuple[Literal["png", "svg", "pdf", "xlsx", "csv", "json", "pptx"], ...] = Field(min_length=1)
    schedule: Schedule
    folder: str | None = None
    mail: tuple[Address, ...] = ()
    webhook: WebhookSettings | None = None
    language: Literal["vi", "en"] = "vi"
    sign: bool = False
    stale: bool = False
    retries: tuple[Duration, ...] = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))

    @model_validator(mode="after")
    def _somewhere(self) -> DeliverySettings:
        if not (self.folder or self.mail or self.webhook):
            raise ValueError(Said("a schedule sends to nobody; write folder, mail or webhook"))
        return self
