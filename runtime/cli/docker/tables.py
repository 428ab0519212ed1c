"""Columns as Docker's listings have them: cells end with a tab, a column is as wide as its widest cell plus three."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def align(text: str, *, least: int = 10, padding: int = 3) -> str:
    """Align tab-ended cells of consecutive lines; the last cell of a line belongs to no column.

    A column is a run of consecutive lines that have a cell there, as in Go's text/tabwriter: a line with fewer
    cells ends the column, and the lines after it start with new widths.
    """
    lines = [line.split("\t") for line in text.split("\n")]
    widths: list[list[int]] = [[0] * len(line) for line in lines]
    _measure(lines, widths, 0, len(lines), 0, least, padding)
    out = []
    for line, row in zip(lines, widths, strict=True):
        cells = [cell + " " * (width - len(cell)) for cell, width in zip(line[:-1], row, strict=False)]
        out.append("".join(cells) + line[-1])
    return "\n".join(out)


def _measure(
    lines: list[list[str]], widths: list[list[int]], first: int, end: int, column: int, least: int, padding: int
) -> None:
    """Set the width of a column for each block of lines that has it, then of the columns to its right."""
    line = first
    while line < end:
        if column >= len(lines[line]) - 1:
            line += 1
            continue
        stop = line
        while stop < end and column < len(lines[stop]) - 1:
            stop += 1
        widest = max(len(row[column]) for row in lines[line:stop])
        # A column of empty cells takes no room: that is how Go's writer treats it when told to discard none.
        width = max(least, widest + padding)
        for row in widths[line:stop]:
            row[column] = width
        _measure(lines, widths, line, stop, column + 1, least, padding)
        line = stop


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows of cells as aligned lines, each ended."""
    text = "".join("\t".join(row) + "\n" for row in rows)
    return align(text)
