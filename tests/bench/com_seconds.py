"""`python -m tests.bench.com_seconds`: the seconds of one call through the VBA stub, of ours and of an empty function.

In a process of its own, which becomes a Windows one as far as xlwings can see.
"""

import json

from tests.host import pywin32_stub


def main() -> None:
    pywin32_stub.install()
    import xlwings.com_server

    from tests.bench.empty import GIVEN, GIVES, OURS
    from tests.bench.measure import medians
    from tests.host import excel_vba
    from xlmodel.host import vba

    excel = excel_vba.Excel(xlwings.com_server.XLPython())
    text = vba.stub(OURS).replace(vba.SERVED, "tests.bench.empty")
    text = text.replace(f"Function {OURS.name}", "Function IDLE").replace(f"    {OURS.name} =", "    IDLE =")
    excel.vba.add_module(f'Attribute VB_Name = "idle"\nOption Explicit\n{text}'.replace("\n", "\r\n"), name="idle")
    cells = [((value,),) for value in GIVEN]
    assert excel.formula(OURS.name, cells) == excel.formula("IDLE", cells) == [[GIVES]]
    print(json.dumps(medians(lambda: excel.formula(OURS.name, cells), lambda: excel.formula("IDLE", cells), calls=20)))


if __name__ == "__main__":
    main()
