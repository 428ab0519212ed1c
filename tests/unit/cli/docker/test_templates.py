"""Templates give what Docker's client gave: values and complaints, recorded from the real one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runtime.cli.docker import inspect, templates
from runtime.cli.docker.command import CliError
from runtime.cli.docker.templates import values

RECORDED = json.loads((Path(__file__).parent / "recordings" / "templates.json").read_text())


def fill(form: str, data: Any) -> tuple[str, str]:
    try:
        inspector = inspect.Inspector(form)
        inspector.add(json.dumps(data).encode(), "container.InspectResponse")
    except CliError as error:
        return "", error.message + "\n"
    return inspector.text(), ""


@pytest.mark.parametrize("case", RECORDED["cases"], ids=lambda case: case[0][:40])
def test_as_the_real_client(case: list[str]) -> None:
    form, out, err = case
    assert fill(form, RECORDED["container"]) == (out, err)


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("{{range $i, $x := .}}{{if $i}},{{end}}{{$x}}{{end}}", "a,b,c"),
        ("{{range .}}{{if eq . `b`}}{{continue}}{{end}}{{.}}{{end}}", "ac"),
        ("{{range .}}{{if eq . `b`}}{{break}}{{end}}{{.}}{{end}}", "a"),
        ("a {{- /* gone */ -}} b", "ab"),
        ("{{- 3 -}}", "3"),
        ("{{with $x := index . 1}}{{$x}}{{end}}", "b"),
        ("{{len .}} {{slice . 1 2}}", "3 [b]"),
        ("{{range $x := .}}{{$x}}{{else}}none{{end}}", "abc"),
        ("{{define `T`}}<{{.}}>{{end}}{{range .}}{{template `T` .}}{{end}}", "<a><b><c>"),
    ],
)
def test_control(form: str, shown: str) -> None:
    assert templates.parse(form).render(["a", "b", "c"]) == shown


def test_endless_templates_end() -> None:
    template = templates.parse("{{define `T`}}{{template `T` .}}{{end}}{{template `T` .}}")
    with pytest.raises(templates.ExecError, match="exceeded maximum template depth"):
        template.render(1)


def test_missing_keys_are_no_value_or_an_error() -> None:
    template = templates.parse("{{.a.b}}")
    assert template.render({"a": {}}) == "<no value>"
    with pytest.raises(templates.ExecError, match='map has no entry for key "b"'):
        template.render({"a": {}}, strict=True)


def test_untyped_numbers_keep_their_text() -> None:
    data = values.parse_json('{"n": 12345678901234567890}')
    assert templates.parse("{{.n}}").render(data) == "12345678901234567890"


def test_durations_and_times_print_as_go_does() -> None:
    show = templates.parse("{{.}}")
    assert show.render(values.Typed("time.Duration", 90_500_000_000)) == "1m30.5s"
    assert show.render(values.Typed("time.Duration", 1_500_000)) == "1.5ms"
    assert show.render(values.Typed("time.Time", "2026-01-02T03:04:05.600Z")) == "2026-01-02 03:04:05.6 +0000 UTC"
