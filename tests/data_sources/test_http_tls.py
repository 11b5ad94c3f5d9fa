"""Who a server is, and who we are: certificates of both."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from data_sources.http.options import HttpOptions
from ioc.errors import FeedUnavailable
from tests.data_sources.fetching import ROWS, fetched, whole
from tests.data_sources.web import Web, certificate


def test_a_server_is_trusted_by_its_certificate_alone(tmp_path: Path) -> None:
    cert, context = certificate(tmp_path)
    web = Web(whole(ROWS), tls=context)
    try:
        with pytest.raises(FeedUnavailable, match="cannot be trusted: certificate verify failed"):
            fetched(HttpOptions(url=web.url, retries=0))
        assert len(fetched(HttpOptions(url=web.url, ca_file=cert.name), base=tmp_path)[0]) == 10
        with pytest.raises(FeedUnavailable, match="cannot be trusted"):
            fetched(HttpOptions(url=web.url.replace("localhost", "127.0.0.1"), ca_file=cert.name, retries=0), base=tmp_path)
        with pytest.raises(FeedUnavailable, match="A certificate cannot be read"):
            fetched(HttpOptions(url=web.url, ca_file="nothing.pem"), base=tmp_path)
    finally:
        web.close()


def test_a_server_may_ask_who_we_are(tmp_path: Path) -> None:
    cert, context = certificate(tmp_path)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cert)
    (tmp_path / "both.pem").write_bytes(cert.read_bytes() + (tmp_path / "key.pem").read_bytes())
    web = Web(whole(ROWS), tls=context)
    trusting = {"url": web.url, "ca_file": cert.name, "retries": 0}
    try:
        for shown in ({"client_cert": cert.name, "client_key": "key.pem"}, {"client_cert": "both.pem"}):
            assert len(fetched(HttpOptions.model_validate(trusting | shown), base=tmp_path)[0]) == 10
        with pytest.raises(FeedUnavailable):
            fetched(HttpOptions.model_validate(trusting), base=tmp_path)
        with pytest.raises(FeedUnavailable, match="A certificate cannot be read"):
            fetched(HttpOptions.model_validate(trusting | {"client_cert": cert.name}), base=tmp_path)
    finally:
        web.close()


def test_an_expired_certificate_is_told(tmp_path: Path) -> None:
    cert, context = certificate(tmp_path, expired=True)
    web = Web(whole(ROWS), tls=context)
    try:
        with pytest.raises(FeedUnavailable, match="cannot be trusted: certificate verify failed: certificate has expired"):
            fetched(HttpOptions(url=web.url, ca_file=cert.name, retries=0), base=tmp_path)
    finally:
        web.close()
