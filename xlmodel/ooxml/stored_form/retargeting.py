"""A whole file: every call of ours spelled for another host, and nothing else touched."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xlmodel.errors import InputError
from xlmodel.functions import CATALOGUE
from xlmodel.functions.record import PREFIX
from xlmodel.ooxml.package import Package
from xlmodel.ooxml.stored_form import link
from xlmodel.ooxml.stored_form.parts import MAIN, Element, elements, respelled, utf8
from xlmodel.ooxml.stored_form.spelling import ADDIN, Host, calls, links_in, speller

_FORMULAS: Final = re.compile(r".*(?:\.main|worksheet|dialogsheet|macrosheet|table)\+xml", re.IGNORECASE)
_DRAWINGS: Final = re.compile(r".*(?:chart|drawing|chartsheet)[\w.]*\+xml", re.IGNORECASE)
_MENTION: Final = re.compile(PREFIX[:-1].encode(), re.IGNORECASE)
_RULES: Final = {"formula", "formula1", "formula2", "cfvo"}


@dataclass(frozen=True, slots=True)
class Retargeted:
    """What was done to a file.

    Attributes
    ----------
    calls
        Calls of our functions in the file.
    changed
        How many of them are spelled differently now.
    notes
        Sentences on what its user should know.
    """

    calls: int
    changed: int
    notes: tuple[str, ...]


def retarget(file: Path, host: Host, out: Path | None = None, *, force: bool = False) -> Retargeted:
    """Write a workbook whose formulas are spelled for `host`.

    Cells, shared and array formulas, names, data validations, conditional formats and the columns and totals of tables
    are changed; text, cached values and everything else keep their bytes. Spelled for a host and back, the file has the
    content it had. For Excel on Windows a link to the add-in is added, for the others it is taken out again.

    Parameters
    ----------
    file
        A workbook (.xlsx, .xlsm, .xltx, .xltm or .xlam), whatever host it is spelled for now.
    host
        Where it is going to be opened.
    out
        Where the result goes; over the file itself unless given.
    force
        Whether `out` may exist already.

    Raises
    ------
    InputError
        The file is no such workbook or bears a signature, it gives a name of ours to something of its own, or `out`
        exists.
    """
    package = Package.open(file)
    done = respell(package, host)
    if package.changed or out is not None:
        package.save(out or file, force=force or out is None)
    return done


def respell(package: Package, host: Host) -> Retargeted:
    """Spell the formulas of an open workbook for `host`."""
    _refuse_own_names(package)
    links = link.links(package)
    ours = {number: part for number, part in enumerate(links, 1) if part is not None}
    work = _Work(host, ours, len(links) + 1)
    for part in package.names:
        if part.endswith(".xml") and _mentions(package.read(part)) and _FORMULAS.fullmatch(package.kind(part)):
            package.replace(part, respelled(package.read(part), work.edits))
    notes = list(work.notes())
    if host is not Host.COM:
        # From the last to the first, since a link can only be taken out when none is counted after it.
        if [n for n in sorted(ours, reverse=True) if _in_use(package, n) or not link.dropped(package, n)]:
            notes.append(f"The link to {ADDIN} stays: other formulas or links of the workbook depend on its number.")
    elif work.names and work.link in ours:
        link.named(package, ours[work.link], work.names)
    elif work.names:
        link.added(package, work.names)
    return Retargeted(work.count, work.changed, tuple(notes))


class _Work:
    """The calls seen and changed while going through a workbook."""

    def __init__(self, host: Host, ours: dict[int, str], next_link: int) -> None:
        self.host = host
        self.links = ours.keys()
        self.link = min(ours, default=next_link)
        self.spell = speller(host, self.link)
        self.names: set[str] = set()
        self.kinds: Counter[str] = Counter()
        self.count = self.changed = 0

    def edits(self, formula: str, element: Element) -> Iterator[tuple[int, int, str]]:
        for call in calls(formula, self.links):
            self.count += 1
            self.names.add(call.name)
            self.kinds[element.name.split(" ")[1]] += 1
            if formula[call.start : call.end] != (new := self.spell(call.name)):
                self.changed += 1
                yield call.start, call.end, new

    def notes(self) -> Iterator[str]:
        if unknown := sorted(self.names - CATALOGUE.keys()):
            yield f"Not a function of this xlmodel, and spelled like the others: {', '.join(unknown)}."
        rules = sum(self.kinds[kind] for kind in _RULES)
        if self.host is Host.COM and rules:
            yield (
                f"{rules} calls stand in validations or conditional formats, where Excel may refuse functions of an "
                "add-in: put the formula into a cell and let the rule look at that cell."
            )


def _mentions(part: bytes) -> bool:
    """Whether a part can hold a call of ours; a letter written by its number is looked at closely."""
    text, _ = utf8(part)
    return b"&#" in text or _MENTION.search(text) is not None


def _refuse_own_names(package: Package) -> None:
    """Refuse a workbook that has given one of our names to something of its own, such as a LAMBDA.

    Excel itself notes unknown functions as names, hidden or marked as functions; those are harmless.
    """
    for element in elements(package.read(package.main), {f"{main} definedName" for main in MAIN}):
        own = {"name": "", **element.attributes}
        if own["name"].upper() in CATALOGUE and not {"hidden", "function", "xlm"} & own.keys():
            said = f"{package.path.name} defines the name {own['name']} itself: rename it, it hides the function"
            raise InputError(said, "file")


def _in_use(package: Package, number: int) -> bool:
    """Whether a formula, chart or drawing still follows a link."""
    drawing = re.compile(rb"(?:<(?:\w+:)?f(?:\s[^>]*)?>|textlink=[\"'])[^<]*?\[%d\]" % number)
    followed: set[int] = set()

    def look(formula: str, _: Element) -> Iterator[tuple[int, int, str]]:
        followed.update(links_in(formula))
        yield from ()

    for name in package.names:
        if name.endswith(".xml") and b"[%d]" % number in (text := utf8(package.read(name))[0]):
            kind = package.kind(name)
            if _FORMULAS.fullmatch(kind):
                respelled(text, look)
            elif _DRAWINGS.fullmatch(kind) and drawing.search(text):
                return True
    return number in followed
