"""The link from a workbook to the Windows add-in: found, added, and taken out again without a trace.

Excel counts links by their place in the workbook part, and a formula names a function of an add-in by that number.
Ours leads to the file in Excel's start-up folder, so that it means the same on every machine; it is added last, which
leaves the numbers of all other links as they are.
"""

import itertools
import posixpath
import re
from collections.abc import Callable, Collection, Sequence
from typing import Final

from xlmodel.errors import InputError
from xlmodel.ooxml.package import CONTENT_TYPES, Package, relations_part
from xlmodel.ooxml.stored_form.parts import MAIN, Edit, Element, attribute, elements, rewritten
from xlmodel.ooxml.stored_form.spelling import ADDIN

_OFFICE: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/"
_STARTUP: Final = "http://schemas.microsoft.com/office/2006/relationships/xlExternalLinkPath/xlStartup"
_LINK_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.externalLink+xml"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def links(package: Package) -> list[str | None]:
    """Return the part of each link that leads to the add-in, None for other links, in the order of their numbers."""
    targets = {relation.key: relation.target for relation in package.relations(package.main)}
    references = _found(package.read(package.main), "externalReference")
    return [part if _leads(package, part := targets.get(_id(e), "")) else None for e in references]


def added(package: Package, names: Collection[str]) -> None:
    """Add a link that knows the functions named; its number is the next."""
    book = package.main
    text = package.read(book)
    folder = posixpath.join(posixpath.dirname(book), "externalLinks")
    part = next(p for i in itertools.count(1) if (p := f"{folder}/externalLink{i}.xml") not in package)
    root = _one(text, "workbook")
    main = root.name.split(" ")[0]
    office = _OFFICE[MAIN.index(main)]
    ids = {relation.key for relation in package.relations(book)}
    key = next(i for n in itertools.count(1) if (i := f"rId{n}") not in ids)
    link = (
        f'{_HEAD}<externalLink xmlns="{main}"><externalBook xmlns:r="{office}" r:id="rId1">'
        f"<definedNames>{''.join(map(_name, sorted(names)))}</definedNames></externalBook></externalLink>"
    )
    relation = (
        f'{_HEAD}<Relationships xmlns="{_PACKAGE}relationships">'
        f'<Relationship Id="rId1" Type="{_STARTUP}" Target="{ADDIN}" TargetMode="External"/></Relationships>'
    )
    package.add(part, link.encode())
    package.add(relations_part(part), relation.encode())
    override = f"Override{attribute('PartName', '/' + part)}{attribute('ContentType', _LINK_TYPE)}"
    _edit(package, CONTENT_TYPES, lambda text: [_last(text, f"{_PACKAGE}content-types Types", override)])
    target = posixpath.relpath(part, posixpath.dirname(book))
    where = f"{attribute('Type', office + '/externalLink')}{attribute('Target', target)}"
    entry = f"Relationship{attribute('Id', key)}{where}"
    _edit(package, relations_part(book), lambda text: [_last(text, f"{_PACKAGE}relationships Relationships", entry)])
    _edit(package, book, lambda text: [_reference(text, office, key)])


def named(package: Package, part: str, names: Collection[str]) -> None:
    """Make a link know the functions named."""
    known = {e.attributes.get("name", "").upper() for e in _found(package.read(part), "definedName")}
    if not (missing := sorted(set(names) - known)):
        return

    def edits(text: bytes) -> list[Edit]:
        prefix = _one(text, "externalBook").prefix
        new = "".join(_name(name, prefix) for name in missing)
        if lists := _found(text, "definedNames"):
            return [_into(text, lists[0], new)]
        after = _found(text, "sheetNames")
        place = after[0].end if after else _one(text, "externalBook").inside
        return [(place, place, f"<{prefix}definedNames>{new}</{prefix}definedNames>".encode())]

    _edit(package, part, edits)


def dropped(package: Package, number: int) -> bool:
    """Take a link out that nothing uses, and say whether that was possible: not when others are counted after it."""
    book = package.main
    references = _found(package.read(book), "externalReference")
    if number != len(references):
        return False
    key = _id(references[-1])
    part = next(relation.target for relation in package.relations(book) if relation.key == key)
    container = "externalReferences" if number == 1 else "externalReference"
    _edit(package, book, lambda text: [_without(_found(text, container)[-1])])
    relation, override = f"{_PACKAGE}relationships Relationship", f"{_PACKAGE}content-types Override"
    listed = {relation: ("Id", key.lower()), override: ("PartName", f"/{part}".lower())}

    def entries(text: bytes) -> list[Edit]:
        found = [(e, *listed[e.name]) for e in elements(text, listed)]
        return [_without(e) for e, own, value in found if e.attributes.get(own, "").lower() == value]

    _edit(package, relations_part(book), entries)
    _edit(package, CONTENT_TYPES, entries)
    for gone in (part, relations_part(part)):
        package.remove(gone)
    return True


def _leads(package: Package, part: str) -> bool:
    """Whether a link leads to the add-in, wherever that file lies."""
    return any(re.split(r"[\\/]", r.target)[-1].lower() == ADDIN for r in package.relations(part) if r.external)


def _edit(package: Package, part: str, edits: Callable[[bytes], Sequence[Edit]]) -> None:
    package.replace(part, rewritten(package.read(part), edits))


def _reference(text: bytes, office: str, key: str) -> Edit:
    """The entry in the workbook part that gives a link its number."""
    root = _one(text, "workbook")
    declared = re.search(
        rf'xmlns:([\w.-]+)\s*=\s*["\']{re.escape(office)}["\']'.encode(), text[root.start : root.inside]
    )
    bound, declaration = (declared[1].decode(), "") if declared else ("r", attribute("xmlns:r", office))
    entry = f"<{root.prefix}externalReference{declaration}{attribute(f'{bound}:id', key)}/>"
    if present := _found(text, "externalReferences"):
        return _into(text, present[0], entry)
    place = (_found(text, "functionGroups") or [_one(text, "sheets")])[0].end
    return place, place, f"<{root.prefix}externalReferences>{entry}</{root.prefix}externalReferences>".encode()


def _last(text: bytes, container: str, element: str) -> Edit:
    """Put an element last into the part's root."""
    root = elements(text, {container})[0]
    return _into(text, root, f"<{root.prefix}{element}/>")


def _into(text: bytes, container: Element, new: str) -> Edit:
    """Put an element last into another, which may be written as an empty one."""
    if container.inside < container.end:
        return container.close, container.close, new.encode()
    slash = text.rindex(b"/", container.start, container.end)
    return slash, container.end, f">{new}</{container.tag}>".encode()


def _without(element: Element) -> Edit:
    return element.start, element.end, b""


def _name(name: str, prefix: str = "") -> str:
    return f"<{prefix}definedName{attribute('name', name)}/>"


def _found(text: bytes, local: str) -> list[Element]:
    return elements(text, {f"{main} {local}" for main in MAIN})


def _one(text: bytes, local: str) -> Element:
    found = _found(text, local)
    if not found:
        raise InputError(f"the workbook has no <{local}> where one belongs", "file")
    return found[0]


def _id(element: Element) -> str:
    return next((element.attributes[k] for office in _OFFICE if (k := f"{office} id") in element.attributes), "")
