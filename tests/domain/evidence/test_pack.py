"""A pack of evidence is the same whenever its files are, and not a byte of it can be changed unnoticed."""

import json
import zipfile
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from domain.evidence.archive import MANIFEST, SUMS, sums, zipped
from domain.evidence.pack import Asked, Part, build
from domain.evidence.verify import verify

ABOUT = {
    "pack": "burnline evidence",
    "organization": "Larkfield",
    "span": {"from": "2026-10-01", "to": "2026-11-01", "time_zone": "UTC"},
}
ASKED = Asked(
    query="evidence/releases", text="select 1", grain="one row", row_count=1, parameters={}, can_be_narrowed=True
)
PARTS = (
    Part(name="data_handling.json", question="How?", content=b"{}\n"),
    Part(name="releases.csv", question="Which?", content="id,title\n1,Größe\n".encode(), asked=ASKED),
)
PACK = build(ABOUT, PARTS).content
MEMBERS = {
    info.filename: zipfile.ZipFile(BytesIO(PACK)).read(info) for info in zipfile.ZipFile(BytesIO(PACK)).infolist()
}


def repacked(**changes: bytes | None) -> bytes:
    """The pack with other members, None for none, in an archive that fits them; its sums stay as they were."""
    named = {name.replace("__", "."): content for name, content in changes.items()}
    members = {name: content for name, content in {**MEMBERS, **named}.items() if content is not None}
    return zipped(members)


def test_the_same_files_make_the_same_bytes_and_nothing_is_wrong_with_them() -> None:
    assert build(ABOUT, PARTS).content == PACK
    verified = verify(PACK)
    assert (verified.faults, verified.manifest["organization"]) == ((), "Larkfield")
    assert list(MEMBERS) == [
        SUMS,
        "README.txt",
        MANIFEST,
        "data_handling.json",
        "releases.csv",
        "queries/evidence/releases.sql",
    ]
    assert sums(MEMBERS).encode() == MEMBERS[SUMS]
    assert {info.date_time for info in zipfile.ZipFile(BytesIO(PACK)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@given(st.integers(0, len(PACK) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed_unnoticed(position: int, mask: int) -> None:
    damaged = bytearray(PACK)
    damaged[position] ^= mask
    faults = verify(bytes(damaged)).faults
    assert faults
    assert all(fault.endswith(".") and "\n" not in fault for fault in faults)


@given(st.integers(0, len(PACK) - 1))
def test_no_pack_can_be_cut_off_unnoticed(length: int) -> None:
    assert verify(PACK[:length]).faults


def test_a_changed_file_is_named_even_where_the_archive_fits_it() -> None:
    assert verify(repacked(releases__csv=b"id,title\n")).faults == (
        "releases.csv was changed: its SHA-256 is not the one that SHA256SUMS tells.",
        "releases.csv was changed: its SHA-256 is not the one that manifest.json tells.",
        "The overall hash of manifest.json is not that of the files.",
    )


def test_no_name_in_an_archive_drives_the_terminal() -> None:
    members = {**MEMBERS, "\x1b[31m\n" + "x" * 60_000: b""}
    fault = verify(zipped(members)).faults[0]
    assert fault.startswith("?[31m?xxx")
    assert len(fault) < 500


def test_a_manifest_of_another_form_is_none() -> None:
    for change in ({"organization": {}}, {"files": "x"}, {"span": {"from": None, "to": "", "time_zone": ""}}):
        manifest = json.dumps({**json.loads(MEMBERS[MANIFEST]), **change}).encode()
        members = {**MEMBERS, MANIFEST: manifest}
        told = verify(zipped({**members, SUMS: sums(members).encode()})).faults
        assert told == ("manifest.json is not the manifest of a pack of evidence.",)


def test_a_missing_and_an_added_file_are_named() -> None:
    assert verify(repacked(releases__csv=None)).faults[:2] == (
        "releases.csv is missing: SHA256SUMS names it.",
        "releases.csv is missing: manifest.json names it.",
    )
    assert verify(repacked(more__csv=b"")).faults[0] == "more.csv was added: SHA256SUMS does not name it."
    assert verify(repacked(SHA256SUMS=None)).faults == ("SHA256SUMS is missing.",)


def test_new_sums_for_a_changed_file_still_disagree_with_the_manifest() -> None:
    members = {**MEMBERS, "releases.csv": b"id,title\n"}
    faults = verify(zipped({**members, SUMS: sums(members).encode()})).faults
    assert faults[0] == "releases.csv was changed: its SHA-256 is not the one that manifest.json tells."


def test_a_manifest_that_is_none_is_told() -> None:
    for content in (b"[]", b"{", b"[" * 100_000, b'{"pack": "another"}'):
        members = {**MEMBERS, MANIFEST: content}
        told = verify(zipped({**members, SUMS: sums(members).encode()}))
        assert told.faults == ("manifest.json is not the manifest of a pack of evidence.",)


def test_whole_files_in_another_archive_are_not_the_pack() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in MEMBERS.items():
            archive.writestr(name, content)
    (fault,) = verify(buffer.getvalue()).faults
    assert fault.endswith("it was damaged or packed again.")
    assert verify(PACK + b"\n").faults


def test_a_compressed_or_a_doubled_member_is_named() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.csv", b"0" * 1000)
    assert verify(buffer.getvalue()).faults == ("bomb.csv is compressed, which no pack of Burnline's is.",)
    infos = [zipfile.ZipInfo("a.csv"), zipfile.ZipInfo("b.csv")]
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info in infos:
            archive.writestr(info, b"x")
    doubled = buffer.getvalue().replace(b"b.csv", b"a.csv")
    assert verify(doubled).faults == ("a.csv is in the zip 2 times.",)


def test_what_is_no_zip_is_told_in_one_sentence() -> None:
    assert verify(b"").faults == ("The file is no zip that can be read: File is not a zip file.",)
