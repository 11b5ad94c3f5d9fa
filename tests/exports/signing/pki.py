"""Authorities, certificates, a token and a time-stamp authority for tests: all real, and made here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from ioc.exports.signing.keys import KeyFile
from ioc.exports.signing.trust import Trust, read_trust

NOW = datetime.now(UTC).replace(microsecond=0)
DER = serialization.Encoding.DER


@dataclass(frozen=True)
class Holder:
    """A key with its certificate."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def key_file(self, folder: Path, authority: Holder, password: str = "mật khẩu") -> KeyFile:
        """The same as a PKCS#12 file."""
        sealed = serialization.BestAvailableEncryption(password.encode())
        file = folder / f"{self.certificate.serial_number}.p12"
        file.write_bytes(pkcs12.serialize_key_and_certificates(b"signer", self.key, self.certificate, [authority.certificate], sealed))
        return KeyFile(file, lambda: password)

    def der(self) -> bytes:
        return self.certificate.public_bytes(DER)


def holder(
    name: str, authority: Holder | None = None, *, start: datetime | None = None, end: datetime | None = None, stamps: bool = False
) -> Holder:
    """A new key; without an authority it is one."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Bộ Nội vụ"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(authority.certificate.subject if authority else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start or NOW - timedelta(days=400))
        .not_valid_after(end or NOW + timedelta(days=400))
        .add_extension(x509.BasicConstraints(ca=authority is None, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                authority is not None, authority is not None, False, False, False, authority is None, authority is None, False, False
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Holder(key, builder.sign(authority.key if authority else key, hashes.SHA256()))


def revoking(authority: Holder, revoked: Holder, at: datetime) -> bytes:
    """A list (DER) that says that a certificate was revoked at a moment."""
    entry = x509.RevokedCertificateBuilder().serial_number(revoked.certificate.serial_number).revocation_date(at).build()
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject).last_update(NOW - timedelta(hours=1))
    made = builder.next_update(NOW + timedelta(days=7)).add_revoked_certificate(entry).sign(authority.key, hashes.SHA256())
    return made.public_bytes(DER)


def trusting(folder: Path, *roots: Holder, revoked: bytes | None = None) -> Trust:
    """Trust as a configuration gives it: files."""
    files = []
    for number, root in enumerate(roots):
        files.append(folder / f"root{number}.pem")
        files[-1].write_bytes(root.certificate.public_bytes(serialization.Encoding.PEM))
    lists = [folder / "revoked.crl"] if revoked else []
    for file in lists:
        file.write_bytes(revoked or b"")
    return read_trust(files, lists)


@contextmanager
def time_authority(stamper: Holder, fixed: datetime | None = None) -> Iterator[str]:
    """The address of a time-stamp authority that listens as long as it is asked for."""
    signer = DummyTimeStamper(
        asn1_x509.Certificate.load(stamper.der()),
        asn1_keys.PrivateKeyInfo.load(stamper.key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())),
        fixed_dt=fixed,
    )

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = signer.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def small_pdf(text: str = "Bao cao") -> bytes:
    """A PDF of one page of A4."""
    content = f"BT /F1 18 Tf 72 760 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842] >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (table, len(out))
