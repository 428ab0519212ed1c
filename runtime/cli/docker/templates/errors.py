"""The two ways a template fails, in Go's words."""

from __future__ import annotations


class TemplateError(Exception):
    """What is wrong with a template, with the place: `template: :1:2: …`."""


class ParseError(TemplateError):
    """The text is no template."""


class ExecError(TemplateError):
    """The template does not fit the data."""


class CallError(Exception):
    """A function refuses its arguments; the executor adds the place and the function's name."""


class TypeCallError(CallError):
    """One argument has a type the function does not take; the place is that argument's."""

    def __init__(self, message: str, value: object) -> None:
        super().__init__(message)
        self.value = value
