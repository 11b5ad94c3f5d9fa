"""The signers of a deployment, as ``config.yaml`` names them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from data_sources.secret import revealed
from ioc.catalogue.signing import SigningSettings
from ioc.exports.signing.faults import SigningFault
from ioc.exports.signing.findings import Finding
from ioc.exports.signing.office import Office, beside_of
from ioc.exports.signing.verdict_text import headline, sentences
from ioc.text.words import words
from tests.exports.signing.pki import NOW, holder, small_pdf

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def signing(folder: Path, **settings: object) -> Office:
    return Office(
        SigningSettings.model_validate(settings), folder, folder / "data", "Bộ Nội vụ", ZONE, lambda secret: revealed(secret, folder)
    )


def test_without_a_signer_the_certificate_for_trying_out_signs_and_says_so(tmp_path: Path) -> None:
    desk = signing(tmp_path)
    desk.ready(NOW)
    for name, content in (("a.pdf", small_pdf()), ("b.csv", b"a;b\n")):
        file = tmp_path / name
        file.write_bytes(content)
        assert "CHỨNG THƯ THỬ NGHIỆM" in desk.seal(file, NOW, "vi")
        verdict = desk.verify_file(file, NOW)
        assert verdict.finding is Finding.GENUINE
        (vietnamese,), (english,) = (sentences(verdict, words(language), ZONE) for language in ("vi", "en"))
        assert "không có giá trị pháp lý" in vietnamese
        assert "without legal force" in english
        file.write_bytes(file.read_bytes().replace(b"a;b", b"a;c").replace(b"Bao cao", b"Bao cap"))
        changed = desk.verify_file(file, NOW)
        assert changed.finding is Finding.CHANGED
        assert headline(changed, words("vi")) == "Tài liệu đã bị sửa sau khi ký."
        assert "đã bị sửa sau khi ký" in sentences(changed, words("vi"), ZONE)[0]


def test_the_signers_of_a_configuration_sign_in_its_order(tmp_path: Path) -> None:
    root = holder("CA Bộ")
    (tmp_path / "secret").write_text("mật khẩu\n")
    keys = [holder(name, root).key_file(tmp_path, root).file.name for name in ("Văn phòng Bộ", "Chánh Văn phòng")]
    from tests.exports.signing.pki import trusting

    trusting(tmp_path, root)
    signers = {f"signer_{n}": {"pkcs12": {"file": file, "password": "file:secret"}} for n, file in enumerate(keys)}
    desk = signing(tmp_path, signers=signers, trust=["root0.pem"])
    file = tmp_path / "report.pdf"
    file.write_bytes(small_pdf())
    assert desk.seal(file, NOW, "vi") == "Văn phòng Bộ, Chánh Văn phòng"
    assert not (tmp_path / "data").exists()
    assert desk.verify_file(file, NOW + timedelta(days=1)).finding is Finding.GENUINE
    assert not beside_of(file).exists()


def test_a_fault_is_told_in_both_languages(tmp_path: Path) -> None:
    desk = signing(tmp_path, signers={"office": {"pkcs12": {"file": "none.p12", "password": "x"}}})
    file = tmp_path / "a.pdf"
    file.write_bytes(small_pdf())
    with pytest.raises(SigningFault) as fault:
        desk.seal(file, NOW, "vi")
    assert file.read_bytes() == small_pdf()
    assert words("vi").told(fault.value)[0].startswith("Không đọc được chứng thư")
    assert words("en").told(fault.value)[0].startswith("The certificate")


def test_a_signer_has_one_key(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="either pkcs12 or pkcs11"):
        SigningSettings.model_validate({"signers": {"office": {}}})


def test_what_is_not_signed_is_unknown(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a;b")
    assert signing(tmp_path).verify_file(file, NOW).finding is Finding.UNKNOWN
