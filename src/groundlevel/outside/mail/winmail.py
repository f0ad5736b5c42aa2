"""What is in a `winmail.dat`: files, and the text, that Outlook packs in a format of its own (TNEF). Pure.

Source: Microsoft's open specification [MS-OXTNEF]. Nothing here raises.
"""

from collections.abc import Iterator

from groundlevel.outside.mail.decoding import decoded

SIGNATURE = (0x223E9F78).to_bytes(4, "little")
BODY, RENDERING, TITLE, DATA, CODEPAGE = 0x0002800C, 0x00069002, 0x00018010, 0x0006800F, 0x00069007
MOST = 100


def unpacked(content: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    """(text, files with their names). Of what is cut off, as much as is there."""
    text, codepage = "", "cp1252"
    files: list[tuple[str, bytes]] = []
    for attribute, data in _attributes(content):
        if attribute == CODEPAGE and len(data) >= 4:
            codepage = f"cp{int.from_bytes(data[:4], 'little')}"
        elif attribute == BODY:
            text = decoded(data.rstrip(b"\0"), codepage)
        elif attribute == RENDERING and len(files) < MOST:
            files.append(("", b""))
        elif attribute == TITLE and files:
            files[-1] = decoded(data.rstrip(b"\0"), codepage), files[-1][1]
        elif attribute == DATA and files:
            files[-1] = files[-1][0], data
    return text, [one for one in files if one[1]]


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6 if content.startswith(SIGNATURE) else len(content)
    while at + 9 <= len(content):
        attribute = int.from_bytes(content[at + 1 : at + 5], "little")
        length = int.from_bytes(content[at + 5 : at + 9], "little")
        yield attribute, content[at + 9 : at + 9 + length]
        at += 9 + length + 2
