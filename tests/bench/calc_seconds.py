"""Runs in the system's Python: how long Calc takes to calculate each workbook anew, and what cell A1 then shows.

`python3 calc_seconds.py ROUNDS WORKBOOK... -- SOFFICE OPTION...` prints [seconds, shown] of every workbook as JSON; the
workbooks take turns.
"""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "host"))

from calc_wizard import PATIENCE, connected


def main():
    import uno  # only the system's Python has it
    from com.sun.star.beans import PropertyValue

    cut = sys.argv.index("--")
    rounds, paths = int(sys.argv[1]), sys.argv[2:cut]
    pipe = f"xlmodel{os.getpid()}"
    command = [*sys.argv[cut + 1 :], "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context = connected(uno, pipe)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    try:
        hidden = PropertyValue()
        hidden.Name, hidden.Value = "Hidden", True
        books = [desktop.loadComponentFromURL(pathlib.Path(p).as_uri(), "_blank", 0, (hidden,)) for p in paths]
        taken = [[] for _ in books]
        for _ in range(rounds + 1):
            for book, times in zip(books, taken, strict=True):
                begun = time.perf_counter()
                book.calculateAll()
                times.append(time.perf_counter() - begun)
        shown = [book.getSheets().getByIndex(0).getCellRangeByName("A1").getValue() for book in books]
        # The first round imports xlmodel.
        print(json.dumps([[statistics.median(times[1:]), value] for times, value in zip(taken, shown, strict=True)]))
    finally:
        try:
            desktop.terminate()
        except uno.getClass("com.sun.star.lang.DisposedException"):
            pass  # the bridge goes down with the office
        office.wait(PATIENCE)


if __name__ == "__main__":
    main()
