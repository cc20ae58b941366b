"""Filling workbooks in place, and reading them back.

Only the parts that hold what is filled are changed, and in those only the bytes that say so: a sheet is edited as text
between the tags of its rows and cells. Why not an XML tree or a library that writes workbooks:

* openpyxl reads what it knows and writes that back: sparklines, controls, comments' threads and cached values are lost.
* wolfxl keeps everything it does not know, and is as fast; but it is one young binary wheel, leaves stale values in
  formulas that depend on what was filled, and does not grow a table with what refers to it, which is most of the work.
* An lxml tree keeps everything too, but writes every tag of the sheet anew, and takes a sheet of 20,000 rows apart to
  change one cell of it.

Text between tags is exact and quick provided that a part is well-formed and nothing hides in comments and character
data; `xlmodel.ooxml.package` sees to both with a parser when a part is read.
"""

from xlmodel.ooxml.filling.caching import Recalculate
from xlmodel.ooxml.filling.filled import Filled, fill
from xlmodel.ooxml.filling.reading import read
from xlmodel.ooxml.filling.values import Scalar, Value

__all__ = ["Filled", "Recalculate", "Scalar", "Value", "fill", "read"]
