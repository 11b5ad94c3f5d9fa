"""``ioc verify``: whether a file is an export of ours, unchanged."""

from __future__ import annotations

import argparse
from pathlib import Path

from ioc.clock import SystemClock
from ioc.commands.deployment import load_config
from ioc.commands.tables import local
from ioc.errors import IocError, Said
from ioc.exports.register import Register
from ioc.exports.signing.findings import Finding as Signature
from ioc.exports.signing.verdict_text import headline, sentences
from ioc.exports.verify import Finding, verified
from ioc.press import signing_of
from ioc.text.words import words


def verify(options: argparse.Namespace) -> int:
    """Print what is found of a file; 0 if it is genuine, else 1."""
    config = load_config(options.config)
    try:
        found = verified(Register(config.data), Path(options.file))
    except OSError as error:
        raise IocError("{name} cannot be read: {fault}.", "Check the path.", name=options.file, fault=Said(str(error.strerror))) from error
    entry, signed = found.entry, signing_of(config).verify_file(Path(options.file), SystemClock().now())
    for sentence in sentences(signed, words("en"), config.catalogue.zone):
        print(sentence)
    if entry is None and signed.finding is Signature.GENUINE:
        print("genuine by its signature; the register here does not know it.")
        return 0
    if entry is None and signed.signatures:
        print(f"{signed.finding}: {headline(signed, words('en'))} The register here does not know it.")
        return 1
    if entry is None:
        print("unknown: this system has exported no such file, or its register has forgotten it.")
        return 1
    at = local(entry.made_at, config.catalogue.zone)
    of = f"{entry.code}, “{entry.title}”, data version {entry.version}, exported by {entry.made_by} at {at}"
    if found.finding is Finding.CHANGED:
        print(f"changed: the file bears the code {of}, but is not as it was exported.")
        return 1
    print(f"genuine: {of}" + (f", signed by {entry.signed_by}." if entry.signed_by else "."))
    return 0
