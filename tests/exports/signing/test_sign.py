"""Signing and telling genuine files from changed ones: one-handed, by several, with and without a stamped time."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from ioc.exports.signing.block import Block
from ioc.exports.signing.demonstration import MARK, demonstration
from ioc.exports.signing.faults import SigningFault
from ioc.exports.signing.findings import Finding
from ioc.exports.signing.keys import KeyFile
from ioc.exports.signing.sign import TimeAuthority, sign_beside, sign_pdf
from ioc.exports.signing.spot import Place
from ioc.exports.signing.trust import Trust, read_trust
from ioc.exports.signing.verdict import verify_beside, verify_pdf
from tests.exports.signing.pki import NOW, Holder, holder, revoking, small_pdf, time_authority, trusting

PDF = small_pdf()


@pytest.fixture(scope="module")
def root() -> Holder:
    return holder("CA thật")


@pytest.fixture(scope="module")
def office(root: Holder) -> Holder:
    return holder("Văn phòng Bộ", root)


def test_a_signed_pdf_is_genuine_and_says_who_and_when(root: Holder, office: Holder, tmp_path: Path) -> None:
    signed = sign_pdf(PDF, office.key_file(tmp_path, root), NOW)
    assert signed.startswith(PDF)  # what was signed is appended
    verdict = verify_pdf(signed, trusting(tmp_path, root), NOW)
    (one,) = verdict.signatures
    assert verdict.finding is Finding.GENUINE
    assert (one.name, one.organisation, one.stamped, one.revision) == ("Văn phòng Bộ", "Bộ Nội vụ", False, 2)
    assert one.at is not None
    assert abs(one.at - NOW) < timedelta(minutes=10)


def test_a_changed_byte_is_found_and_told_where(root: Holder, office: Holder, tmp_path: Path) -> None:
    signed = bytearray(sign_pdf(PDF, office.key_file(tmp_path, root), NOW))
    signed[signed.index(b"Bao cao")] ^= 1
    verdict = verify_pdf(bytes(signed), trusting(tmp_path, root), NOW)
    assert verdict.finding is Finding.CHANGED
    start, end = verdict.signatures[0].changed or (0, 0)
    assert start <= signed.index(b"ao cao") < end


def test_what_is_appended_after_signing_is_found(root: Holder, office: Holder, tmp_path: Path) -> None:
    from pyhanko.pdf_utils.generic import StreamObject
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    signed = sign_pdf(PDF, office.key_file(tmp_path, root), NOW)
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    writer.add_stream_to_page(0, writer.add_object(StreamObject(stream_data=b"BT /F1 30 Tf 72 600 Td (99%) Tj ET")))
    out = BytesIO()
    writer.write(out)
    verdict = verify_pdf(out.getvalue(), trusting(tmp_path, root), NOW)
    assert verdict.finding is Finding.CHANGED
    assert verdict.signatures[0].changed == (len(signed), len(out.getvalue()))


def test_several_sign_in_order_and_each_revision_stands_for_itself(root: Holder, office: Holder, tmp_path: Path) -> None:
    head = holder("Chánh Văn phòng", root)
    first = sign_pdf(PDF, office.key_file(tmp_path, root), NOW, block=lambda name, _: Block([name]))
    both = sign_pdf(first, head.key_file(tmp_path, root), NOW, block=lambda name, _: Block([name]))
    trust = trusting(tmp_path, root)
    verdict = verify_pdf(both, trust, NOW)
    assert [(each.name, each.finding) for each in verdict.signatures] == [
        ("Văn phòng Bộ", Finding.GENUINE),
        ("Chánh Văn phòng", Finding.GENUINE),
    ]
    # What was changed in the second revision leaves the first signature whole, and is told to lie after it.
    changed = bytearray(both)
    changed[both.index(b"/M", len(first)) + 10] ^= 1
    verdict = verify_pdf(bytes(changed), trust, NOW)
    assert verdict.finding is Finding.CHANGED
    assert verdict.signatures[1].changed == (len(first), len(both))


def test_the_block_stands_at_the_bottom_right_and_can_be_read(root: Holder, office: Holder, tmp_path: Path) -> None:
    picture = BytesIO()
    Image.new("RGBA", (60, 60), (200, 0, 0, 128)).save(picture, "PNG")
    block = Block(
        ["Ký bởi: Văn phòng Bộ", "Cơ quan: BỘ NỘI VỤ", "Thời gian ký: 27/11/2026 14:05:09 +07:00", "100 % " * 30], picture.getvalue()
    )
    signed = sign_pdf(PDF, office.key_file(tmp_path, root), NOW, block=lambda *_: block)
    (field,) = PdfFileReader(BytesIO(signed)).root["/AcroForm"]["/Fields"]
    left, bottom, right, top = (float(each) for each in field.get_object()["/Rect"])
    assert (right, bottom) == (553, 57)
    assert left > 595 / 2
    assert top < 842 / 2
    with pytest.raises(SigningFault, match="image"):
        sign_pdf(PDF, office.key_file(tmp_path, root), NOW, block=lambda *_: Block(["x"], b"no image"))


def test_hand_and_seal_stand_where_the_signatory_signs(root: Holder, office: Holder, tmp_path: Path) -> None:
    """As offices place them: the hand between position and name, the seal over its left third, who signs besides in the corner."""
    picture = BytesIO()
    Image.new("RGBA", (300, 120), (0, 0, 200, 90)).save(picture, "PNG")
    paper = with_a_place_to_sign((330, 400, 530, 490))
    see = lambda name, _: Block([name], picture.getvalue())  # noqa: E731
    for place in (Place.SIGNATORY, Place.SEAL, Place.SIGNATORY, Place.ATTACHMENT):
        paper = sign_pdf(paper, office.key_file(tmp_path, root), NOW, block=see, place=place)
    boxes = [field.get_object()["/Rect"] for field in PdfFileReader(BytesIO(paper)).root["/AcroForm"]["/Fields"]]
    hand, seal, other, attachment = ([float(each) for each in box] for box in boxes)
    assert hand == [359, 400, 501, 490]
    assert (seal[2], seal[2] - seal[0], (seal[1] + seal[3]) / 2) == (pytest.approx(359 + 142 / 3, abs=1), 102, 445)
    assert (other[2], other[1]) == (553, 57) and attachment[1] > 700
    assert verify_pdf(paper, trusting(tmp_path, root), NOW).finding is Finding.GENUINE


def with_a_place_to_sign(rect: tuple[int, int, int, int]) -> bytes:
    """A page with the link by which a report says where its signatory signs."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(PDF))
    link = {"/Type": "/Annot", "/Subtype": "/Link", "/Rect": rect, "/Dest": "/ioc-signatory"}
    made = generic.DictionaryObject(
        {
            generic.pdf_name(key): generic.ArrayObject(map(generic.NumberObject, value))
            if isinstance(value, tuple)
            else generic.pdf_name(value)
            for key, value in link.items()
        }
    )
    writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(made))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_who_is_not_trusted_is_told(root: Holder, office: Holder, tmp_path: Path) -> None:
    signed = sign_pdf(PDF, office.key_file(tmp_path, root), NOW)
    assert verify_pdf(signed, trusting(tmp_path, holder("CA khác")), NOW).finding is Finding.UNTRUSTED
    assert verify_pdf(signed, Trust(), NOW).finding is Finding.UNTRUSTED


def test_expired_and_revoked_are_told_apart(root: Holder, office: Holder, tmp_path: Path) -> None:
    signed, at = sign_pdf(PDF, office.key_file(tmp_path, root), NOW), NOW - timedelta(hours=2)
    later = verify_pdf(signed, trusting(tmp_path, root), office.certificate.not_valid_after_utc + timedelta(days=1))
    assert later.finding is Finding.EXPIRED
    assert later.signatures[0].since == office.certificate.not_valid_after_utc
    revoked = verify_pdf(signed, trusting(tmp_path, root, revoked=revoking(root, office, at)), NOW)
    assert revoked.finding is Finding.REVOKED
    assert revoked.signatures[0].since == at


def test_a_stamped_time_lasts_beyond_the_certificate(root: Holder, office: Holder, tmp_path: Path) -> None:
    clock = holder("Cấp dấu thời gian", root, end=NOW + timedelta(days=4000), stamps=True)
    trust = trusting(tmp_path, root)
    with time_authority(clock) as address:
        signed = sign_pdf(PDF, office.key_file(tmp_path, root), NOW, authority=TimeAuthority(address), trust=trust)
    kinds = [each["/Type"] for each in _signature_dictionaries(signed)]
    assert sorted(kinds) == ["/DocTimeStamp", "/Sig"]  # B-LTA
    assert "/DSS" in PdfFileReader(BytesIO(signed)).root
    verdict = verify_pdf(signed, trust, NOW)
    assert verdict.finding is Finding.GENUINE
    assert verdict.signatures[0].stamped
    # The signer's certificate has been revoked since; what was signed before stays genuine, for the time is proven.
    since = trusting(tmp_path, root, revoked=revoking(root, office, NOW + timedelta(hours=1)))
    assert verify_pdf(signed, since, NOW + timedelta(hours=2)).finding is Finding.GENUINE


def test_a_time_authority_that_is_away_is_told_and_nothing_is_signed(root: Holder, office: Holder, tmp_path: Path, free_port: int) -> None:
    away = TimeAuthority(f"http://127.0.0.1:{free_port}/", seconds=2)
    with pytest.raises(SigningFault, match=r"time-stamp authority .* does not answer"):
        sign_pdf(PDF, office.key_file(tmp_path, root), NOW, authority=away, trust=trusting(tmp_path, root))
    with pytest.raises(SigningFault, match="does not answer"):
        sign_beside(b"csv", office.key_file(tmp_path, root), NOW, authority=away)


def test_a_signature_beside_a_file(root: Holder, office: Holder, tmp_path: Path) -> None:
    content = "Chỉ tiêu;83,4%\n".encode()
    beside, trust = sign_beside(content, office.key_file(tmp_path, root), NOW), trusting(tmp_path, root)
    genuine = verify_beside(content, beside, trust, NOW)
    assert (genuine.finding, genuine.signatures[0].at) == (Finding.GENUINE, NOW)
    assert verify_beside(BytesIO(content), beside, trust, NOW).finding is Finding.GENUINE
    assert verify_beside(content.replace(b"83", b"93"), beside, trust, NOW).finding is Finding.CHANGED
    assert verify_beside(content, beside, Trust(), NOW).finding is Finding.UNTRUSTED
    assert verify_beside(content, b"no signature", trust, NOW).finding is Finding.UNKNOWN


def test_what_is_not_signed_or_no_pdf_is_unknown() -> None:
    assert verify_pdf(PDF, Trust(), NOW).finding is Finding.UNKNOWN
    found = verify_pdf(b"%PDF-1.7 nothing", Trust(), NOW)
    assert (found.finding, found.readable) == (Finding.UNKNOWN, False)


def test_a_signed_pdf_that_was_cut_off_is_changed(root: Holder, office: Holder, tmp_path: Path) -> None:
    signed = sign_pdf(PDF, office.key_file(tmp_path, root), NOW)
    assert verify_pdf(signed[:-300], trusting(tmp_path, root), NOW).finding is Finding.CHANGED


def test_what_cannot_be_signed_with_is_told(root: Holder, office: Holder, tmp_path: Path) -> None:
    good = office.key_file(tmp_path, root)
    over = holder("Hết hạn", root, end=NOW - timedelta(days=1)).key_file(tmp_path, root)
    early = holder("Chưa tới", root, start=NOW + timedelta(days=1)).key_file(tmp_path, root)
    for keys, sentence in [
        (over, "expired on"),
        (early, "in force only from"),
        (dataclasses.replace(good, password=lambda: "sai"), "password does not open"),
        (KeyFile(tmp_path / "none.p12", str), "cannot be read"),
    ]:
        with pytest.raises(SigningFault, match=sentence):
            sign_pdf(PDF, keys, NOW)
    with pytest.raises(SigningFault, match="PDF cannot be read"):
        sign_pdf(b"no pdf", good, NOW)


def test_the_demonstration_certificate_says_what_it_is(tmp_path: Path) -> None:
    made = demonstration(tmp_path / "signing", "Bộ Nội vụ", NOW)
    again = demonstration(tmp_path / "signing", "Bộ Nội vụ", NOW + timedelta(days=1))
    assert made.keys.read_bytes() == again.keys.read_bytes()
    assert made.keys.stat().st_mode & 0o077 == 0
    assert made.password.stat().st_mode & 0o077 == 0
    signed = sign_pdf(PDF, KeyFile(made.keys, made.password.read_text), NOW)
    (one,) = verify_pdf(signed, read_trust([made.root]), NOW).signatures
    assert one.demonstration
    assert one.name == MARK
    assert one.finding is Finding.GENUINE


def _signature_dictionaries(pdf: bytes) -> list[dict[str, object]]:
    reader = PdfFileReader(BytesIO(pdf))
    return [each.sig_object for each in reader.embedded_signatures]
