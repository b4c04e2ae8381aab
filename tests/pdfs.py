"""What a reader finds in a PDF."""

import pikepdf


def words(pdf):
    """All text of a PDF, decoded through its fonts' maps, spaces left out (a reader sees them as gaps)."""
    shown = []
    for page in pdf.pages:
        maps = {name: _unicode_map(font) for name, font in page.resources.get("/Font", {}).items()}
        current = {}
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                current = maps[str(operands[0])]
            elif str(operator) in ("Tj", "TJ"):
                pieces = operands[0] if str(operator) == "TJ" else [operands[0]]
                for piece in pieces:
                    if isinstance(piece, pikepdf.String):
                        raw = bytes(piece)
                        shown += [current.get(raw[i : i + 2], "") for i in range(0, len(raw), 2)]
    return "".join("".join(shown).split()).replace("\u200b", "")


def _unicode_map(font):
    found = {}
    section = ""
    for line in font["/ToUnicode"].read_bytes().decode("latin-1").splitlines():
        if line.endswith(("beginbfchar", "beginbfrange")):
            section = line.rpartition("begin")[2]
        elif line.startswith("<") and section:
            parts = [bytes.fromhex(part) for part in line.replace("<", " ").replace(">", " ").split()]
            if section == "bfchar":
                found[parts[0]] = parts[1].decode("utf-16-be")
            else:
                first, last = (int.from_bytes(part, "big") for part in parts[:2])
                start = int.from_bytes(parts[2], "big")
                for code in range(first, last + 1):
                    found[code.to_bytes(2, "big")] = chr(start + code - first)
    return found
