"""xlwings on Windows, in a process of its own: `python -m tests.host.com_process` answers calls until its input ends.

Requests and answers are pickled, one after the other. A request is a route and its arguments:

* ("com", name, values): what xlwings' `call_udf` makes of raw values;
* ("vba", name, arguments): what the generated stub shows in a cell;
* ("run", name, values): what any function of the generated VBA returns;
* ("wizard", name, arguments): the stub while the function wizard is open;
* ("facts",): what xlwings knows of the functions it serves.
"""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class ComProcess:
    """The other end: starts the process and asks it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.host.com_process"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def __call__(self, *request: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        pickle.dump(request, self.process.stdin)
        self.process.stdin.flush()
        answer = pickle.load(self.process.stdout)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.process.wait(timeout=20)


def main() -> None:
    answers = os.fdopen(os.dup(1), "wb")
    sys.stdout = sys.stderr  # xlwings prints
    from tests.host import pywin32_stub

    pywin32_stub.install()
    import xlwings.com_server

    from tests.host import excel_vba

    excel = excel_vba.Excel(xlwings.com_server.XLPython())

    def answer(route: str, *request: Any) -> Any:
        if route == "facts":
            from xlmodel.host import com

            marks = {n: f.__xlfunc__ for n, f in vars(com).items() if hasattr(f, "__xlfunc__")}
            excel.vba.run("Describe", [])
            return {
                "decorators": com.func.__module__,
                "category": {n: m["category"] for n, m in marks.items()},
                "call_in_wizard": {n: m["call_in_wizard"] for n, m in marks.items()},
                "volatile": {n: m["volatile"] for n, m in marks.items()},
                "help": {n: m["ret"]["doc"] for n, m in marks.items()},
                "convert": {n: [a["options"] for a in m["args"]] + [m["ret"]["options"]] for n, m in marks.items()},
                "arguments": {n: [(a["name"], a["doc"]) for a in m["args"]] for n, m in marks.items()},
                "wizard": excel.application.options,
            }
        name, values = request
        if route == "com":
            return xlwings.udfs.call_udf("xlmodel.host.com", name, values, None, None)
        if route == "run":
            return excel_vba.rows(excel.vba.run(name, [excel_vba.variant(v) for v in values]))
        if route == "areas":
            return excel_vba.rows(excel.vba.run(name, [excel_vba.Range(v, areas=2) for v in values]))
        excel_vba.Button.enabled = route != "wizard"
        if route == "wizard":
            return repr(excel.vba.run(name, [excel_vba.Range(v) for v in values]))
        return excel.formula(name, values)

    while True:
        try:
            request = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            reply = answer(*request)
        except Exception as error:  # noqa: BLE001  told to the test that asked
            reply = RuntimeError(f"{type(error).__name__}: {error}")
        pickle.dump(reply, answers)
        answers.flush()


if __name__ == "__main__":
    main()
