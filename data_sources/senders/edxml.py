"""Messages of the national axis of document exchange, as an axis adapter writes them: what `data_sources.readers.edxml` reads."""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from data_sources.readers.edxml import NAMESPACES

_SPACE = NAMESPACES[0]
_SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
_IN_TRACE = ("TraceHeader.", "Bussiness.")
_IN_SIGNATURE = {
    "Signature.Organisation": "KeyInfo/X509Data/X509SubjectName",
    "Signature.Issuer": "KeyInfo/X509Data/X509IssuerSerial/X509IssuerName",
}
_NOT_WRITTEN = {"Message", "To.Count", "StatusName", "Signature", "Signature.Method", *_IN_SIGNATURE}


def message(values: Mapping[str, str | None]) -> bytes:
    """One message.

    Args:
        values: by the column that the reader gives it, such as `From.OrganId`; any other name, such as `SignerInfo.FullName`, becomes an
            element of the header that the reader passes over. `Message` is `document` or `status`; with `Signature` `true` it is signed.
    """
    given = {name: value for name, value in values.items() if value}
    envelope = Element(f"{{{_SPACE}}}edXML")
    header = _at(envelope, "edXMLEnvelope/edXMLHeader", _SPACE)
    section = _at(header, "Status" if given.get("Message") == "status" else "MessageHeader", _SPACE)
    for name, value in given.items():
        if name in _NOT_WRITTEN:
            continue
        top = _at(header, "TraceHeaderList", _SPACE) if name.startswith(_IN_TRACE) else section
        _at(top, name.replace(".", "/"), _SPACE).text = value
    if given.get("Signature") == "true":
        signature = _at(header, "Signature", _SIGNATURES)
        _at(signature, "SignatureValue", _SIGNATURES).text = "c2lnbmVk"
        for name, place in _IN_SIGNATURE.items():
            if name in given:
                _at(signature, place, _SIGNATURES).text = f"O={given[name]}"
    written: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return written


def _at(top: Element, path: str, space: str) -> Element:
    """The element at a path below another, made where it is not there."""
    for step in path.split("/"):
        name = f"{{{space}}}{step}"
        found = top.find(name)
        top = SubElement(top, name) if found is None else found
    return top
