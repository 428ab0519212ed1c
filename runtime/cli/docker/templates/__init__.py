"""Go templates, as `--format` takes them: `parse(text).render(data)`.

Docker's clients hand the user's template to Go's text/template, so a course on Docker teaches that language and
its error messages. The engine is ours because it must start in a few milliseconds and print Go's values the way
Go does. Lexing, parsing and execution are apart; `values` says what a Go value is, `printing` writes it.
"""

from __future__ import annotations

from .errors import ExecError, ParseError, TemplateError
from .execute import Template, parse

__all__ = ["ExecError", "ParseError", "Template", "TemplateError", "parse"]
