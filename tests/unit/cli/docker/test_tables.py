"""Columns line up as in Docker's tables."""

from __future__ import annotations

from runtime.cli.docker import tables


def test_columns_are_as_wide_as_their_widest_cell_plus_three() -> None:
    assert (
        tables.table([["NAME", "ID"], ["a-rather-long-name", "1"]])
        == "NAME                 ID\na-rather-long-name   1\n"
    )


def test_narrow_columns_have_ten_places() -> None:
    assert tables.table([["A", "B"], ["1", "2"]]) == "A         B\n1         2\n"


def test_the_last_cell_belongs_to_no_column() -> None:
    assert tables.table([["A", ""], ["1", "a very long last cell"]]) == "A         \n1         a very long last cell\n"


def test_a_line_with_fewer_cells_ends_a_column() -> None:
    text = tables.align("a\tb\tc\nx\ny-longer-than-ten\tz\n")
    assert text == "a         b         c\nx\ny-longer-than-ten   z\n"
