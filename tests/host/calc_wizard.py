"""Runs in the system's Python: prints what Calc's function wizard knows of the add-in, as JSON.

`python3 calc_wizard.py SOFFICE OPTION...`
"""

import json
import os
import subprocess
import sys
import time

PATIENCE = 60.0


def connected(uno, pipe):
    resolver = uno.getComponentContext().ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except uno.getClass("com.sun.star.connection.NoConnectException"):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def main():
    import uno  # only the system's Python has it

    pipe = f"xlmodel{os.getpid()}"
    command = [*sys.argv[1:], "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context = connected(uno, pipe)
    try:
        print(json.dumps(list(told(context))))
    finally:
        try:
            context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
        except uno.getClass("com.sun.star.lang.DisposedException"):
            pass  # the bridge goes down with the office
        office.wait(PATIENCE)


def told(context):
    known = context.ServiceManager.createInstanceWithContext("com.sun.star.sheet.FunctionDescriptions", context)
    for i in range(known.getCount()):
        function = {p.Name: p.Value for p in known.getByIndex(i)}
        if function["Name"].startswith("XLMODEL."):
            arguments = [(a.Name, a.Description) for a in function["Arguments"] or ()]
            yield function["Name"], function["Description"], arguments


if __name__ == "__main__":
    main()
