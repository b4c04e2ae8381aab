"""Whether the bytes of a file are what its name promises."""

from __future__ import annotations

import zipfile
from pathlib import Path

import puremagic

from portal.foundation.refusals import Refusal

ALLOWED: dict[str, str] = {
    ".pdf": "application/pdf",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
ADVICE = {
    ".heic": "Les photos HEIC ne s’ouvrent pas partout. Prenez la photo depuis cette page, ou réglez le téléphone "
    "(Appareil photo, Formats, « Le plus compatible »), puis renvoyez-la en JPEG.",
    ".doc": "Ce format de Word est ancien. Enregistrez le document en PDF ou en .docx, puis renvoyez-le.",
    ".xls": "Ce format d’Excel est ancien. Enregistrez le classeur en PDF ou en .xlsx, puis renvoyez-le.",
    ".zip": "Les archives ne sont pas acceptées. Envoyez les documents qu’elle contient.",
}
"""What to do with a file of a known kind that is not taken."""
ADVICE[".heif"] = ADVICE[".heic"]

PROOF = {
    ".docx": "word/document.xml",
    ".xlsx": "xl/workbook.xml",
    ".odt": "content.xml",
    ".ods": "content.xml",
}
"""The part without which an archive is no document of its kind."""

LARGEST_UNPACKED = 200 * 1024 * 1024
LARGEST_RATIO = 200
MOST_PARTS = 10_000


def suffix_of(name: str, field: str) -> str:
    """The suffix of an accepted kind of file, lower case. Raises Refusal."""
    suffix = Path(name).suffix.lower()
    if suffix not in ALLOWED:
        advice = ADVICE.get(suffix, "Formats possibles : PDF, photo (JPEG, PNG), Word, Excel, ODT, ODS.")
        raise Refusal(f"Ce type de fichier n’est pas accepté. {advice}", field)
    return suffix


def check(path: Path, suffix: str, field: str) -> None:
    """Raise Refusal when the bytes are not of the kind that `suffix` says."""
    try:
        found = {match.extension.lower() for match in puremagic.magic_file(str(path))}
    except (puremagic.PureError, ValueError):
        found = set()
    same = {".jpg", ".jpeg", ".jfif"} if suffix in {".jpg", ".jpeg"} else {suffix}
    zipped = suffix in PROOF
    if not (found & same) and not (zipped and ".zip" in found):
        raise Refusal(
            "Le contenu du fichier ne correspond pas à son nom. Vérifiez qu’il s’ouvre, puis renvoyez-le.", field
        )
    if zipped:
        _check_archive(path, suffix, field)


def _check_archive(path: Path, suffix: str, field: str) -> None:
    broken = Refusal("Ce document ne s’ouvre pas. Enregistrez-le à nouveau, puis renvoyez-le.", field)
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError):
        raise broken from None
    sizes = {member.filename: member.file_size for member in members}
    if not sizes.get(PROOF[suffix]):
        raise broken
    unpacked = sum(sizes.values())
    if unpacked > min(LARGEST_UNPACKED, LARGEST_RATIO * path.stat().st_size) or len(members) > MOST_PARTS:
        raise Refusal("Ce document compressé est anormalement volumineux ; il n’est pas accepté.", field)
    if any(name.endswith("vbaProject.bin") for name in sizes):
        raise Refusal("Ce document contient des macros. Enregistrez-le sans elles, ou en PDF, puis renvoyez-le.", field)
