"""A workbook that travels: a macro-enabled copy that carries the stubs of every function.

On a machine that has xlmodel but no add-in it calculates like one with the add-in. It holds no macro that runs by
itself and no path of the machine that made it.
"""

import tempfile
from pathlib import Path
from typing import Final

from pyopenvba import ExcelFile

from xlmodel.errors import InputError
from xlmodel.host import bridge, vba
from xlmodel.ooxml.package import CONTENT_TYPES, Package
from xlmodel.ooxml.saving import put, refuse_existing
from xlmodel.ooxml.stored_form import Host, Retargeted, respell
from xlmodel.ooxml.stored_form.parts import Edit, attribute, elements, rewritten

_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types "
_PLAIN: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACROS: Final = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


def modules() -> dict[str, str]:
    """Return the VBA modules a travelling workbook carries, by name.

    >>> sorted(modules())
    ['xlmodel_bridge', 'xlmodel_settings', 'xlmodel_shared', 'xlmodel_stubs']
    """
    stubs = {name: text for name, text in vba.modules().items() if name in ("xlmodel_shared", "xlmodel_stubs")}
    return {**stubs, **bridge.modules()}


def standalone(file: Path, out: Path, *, force: bool = False) -> Retargeted:
    """Write a copy of a workbook that carries its functions and spells them plainly.

    Parameters
    ----------
    file
        An .xlsx workbook, spelled for whatever host; or an .xlsm made by this function, whose stubs are renewed.
    out
        The .xlsm to write.
    force
        Whether `out` may exist already.

    Raises
    ------
    InputError
        The workbook has macros of its own, or is refused for the reasons `retarget` has.
    """
    refuse_existing(out, ".xlsm", force=force)
    package = Package.open(file)
    done = respell(package, Host.PLAIN)
    main = package.main
    if package.kind(main) not in (_PLAIN, _MACROS):
        raise InputError(f"{file.name} is no workbook that can carry functions: save it as .xlsx", "file")
    package.replace(CONTENT_TYPES, rewritten(package.read(CONTENT_TYPES), lambda text: _macro_enabled(text, main)))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "standalone.xlsm"
        package.save(made)
        with ExcelFile(made) as book:
            _carry(book, file.name)
            book.save()
        put(made.read_bytes(), out)
    return done


def _carry(book: ExcelFile, name: str) -> None:
    """Put our modules into a workbook without macros, or renew them where they are all it has."""
    wanted = modules()
    if book.has_vba_project():
        code = {module: text for module, text in book.vba_modules().items() if _has_code(text)}
        if not code.keys() <= wanted.keys():
            raise InputError(f"{name} has macros of its own, and is left alone: install the add-in instead", "file")
        for module, text in wanted.items():
            book.set_module(module, text)
        return
    project = book.add_vba_project()
    for module, text in sorted(wanted.items()):
        project.add_module(module, text)


def _has_code(text: str) -> bool:
    """Whether a module says more than what it is."""
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith(("Attribute ", "Option ", "'")) for line in lines)


def _macro_enabled(text: bytes, main: str) -> list[Edit]:
    """The change in the list of content types that lets a workbook have macros."""
    for entry in elements(text, {f"{_TYPES}Override"}):
        if entry.attributes.get("PartName", "").lower() == f"/{main}".lower():
            place = text.find(_PLAIN.encode(), entry.start, entry.end)
            return [] if place < 0 else [(place, place + len(_PLAIN), _MACROS.encode())]
    # Some writers give the workbook the type of all parts with its ending.
    types = elements(text, {f"{_TYPES}Types"})[0]
    override = f"<{types.prefix}Override{attribute('PartName', '/' + main)}{attribute('ContentType', _MACROS)}/>"
    return [(types.close, types.close, override.encode())]
