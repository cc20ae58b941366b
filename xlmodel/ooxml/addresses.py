"""How cells are addressed, from positions counted from 0."""


def letters(column: int) -> str:
    """Return the letters of a column counted from 0.

    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def cell(row: int, column: int) -> str:
    """Return the absolute address of a cell counted from 0.

    >>> cell(4, 3)
    '$D$5'
    """
    return f"${letters(column)}${row + 1}"
