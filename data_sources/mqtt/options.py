"""What a person may say about a broker in `config.yaml`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from data_sources.mqtt.topics import TopicPattern
from ioc.errors import Said
from ioc.intake.port import Way

Payload = Literal["json", "ndjson", "value"]
Version = Annotated[Literal["5", "3.1.1"], BeforeValidator(str)]


class MqttOptions(BaseModel):
    """Options of a feed of kind `mqtt`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    way: ClassVar[Way] = Way.LISTENING

    host: str = Field(min_length=1, description="name or address of the broker")
    port: int | None = Field(default=None, ge=1, le=65535, description="its port; 1883 by default, 8883 with TLS")
    topics: tuple[str, ...] = Field(
        min_length=1,
        description="topics to subscribe to, with `+` and `#` as in MQTT; a level written `{name}` is a `+` that becomes the column `name`",
    )
    client_id: str = Field(
        min_length=1,
        max_length=200,
        description="name of this subscriber, which no other may have: the broker keeps messages for it while it is away",
    )
    version: Version = Field(default="5", description="version of MQTT: `5` or `3.1.1`")
    user: str | None = Field(default=None, min_length=1, description="user at the broker")
    password: str | None = Field(default=None, min_length=1, description="their password: `${ENV_NAME}` or `file:PATH`")
    tls: bool = Field(default=False, description="whether the connection is encrypted")
    ca_file: str | None = Field(
        default=None, description="certificates of the authorities that are trusted, as PEM; without it those of the system"
    )
    certificate_file: str | None = Field(default=None, description="our own certificate, as PEM, for a broker that asks for one")
    key_file: str | None = Field(default=None, description="its private key, as PEM, without a password")
    payload: Payload = Field(
        default="json",
        description="what a message holds: `json` (an object, or an array of objects), `ndjson`, or `value`: a text, in the column `value`",
    )
    session_days: float = Field(
        default=7, gt=0, le=3650, description="how long a broker of version 5 keeps messages for us while we are away"
    )
    in_flight: int = Field(
        default=1000, ge=1, le=65535, description="the most messages that the broker may send before earlier ones are acknowledged"
    )
    max_message_kib: int = Field(
        default=256,
        ge=1,
        le=16384,
        description="the largest message that is read, in KiB; a larger one goes to quarantine by its size alone",
    )

    @property
    def address(self) -> str:
        """The broker as people write it."""
        return f"{self.host}:{self.at_port}"

    @property
    def at_port(self) -> int:
        """The port that is connected to."""
        return self.port or (8883 if self.tls else 1883)

    def patterns(self) -> tuple[TopicPattern, ...]:
        """The topics, understood."""
        return tuple(TopicPattern(topic) for topic in self.topics)

    @field_validator("topics")
    @classmethod
    def _can_be_subscribed_to(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for topic in value:
            TopicPattern(topic)
        return value

    @model_validator(mode="after")
    def _what_belongs_together(self) -> MqttOptions:
        if self.password and not self.user:
            raise ValueError(Said("a password needs a user"))
        if not self.tls and (self.ca_file or self.certificate_file or self.key_file):
            raise ValueError(Said("ca_file, certificate_file and key_file need tls: true"))
        if bool(self.certificate_file) != bool(self.key_file):
            raise ValueError(Said("certificate_file and key_file go together"))
        return self
