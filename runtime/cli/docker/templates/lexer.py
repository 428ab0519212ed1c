"""Text to tokens: what stands between `{{` and `}}`, and the text around it.

The rules are those of Go's text/template: `{{-` and `-}}` eat the white space on their side (the dash needs a
space to be told from a minus), a comment is an action of its own, a string is Go's.
"""

from __future__ import annotations

import re

from .errors import ParseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


SPACES = " \t\r\n"
KEYWORDS = frozenset(("block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"))
TERMINATORS = " \t\r\n.,|:()="

# One alternative per token kind; the name of the group is the kind. Order matters: `:=` before `:`.
TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<declare>:=)
      | (?P<assign>=)
      | (?P<comma>,)
      | (?P<pipe>\|)
      | (?P<open>\()
      | (?P<close>\))
      | (?P<string>"(?:[^"\\\n]|\\.)*")
      | (?P<raw>`[^`]*`)
      | (?P<char>'(?:[^'\\\n]|\\.)*')
      | (?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+
            |(?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))
      | (?P<field>\.[^\W\d]\w*)
      | (?P<dot>\.)
      | (?P<variable>\$\w*)
      | (?P<word>[^\W\d]\w*)
    """,
    re.VERBOSE,
)


class Token:
    """One piece of the text: its kind, its words, where it starts and on which line."""

    __slots__ = ("kind", "line", "position", "text")

    def __init__(self, kind: str, text: str, position: int, line: int) -> None:
        self.kind, self.text, self.position, self.line = kind, text, position, line

    def __str__(self) -> str:
        if self.kind == "eof":
            return "EOF"
        if self.kind in ("keyword", "dot"):
            return f"<{self.text}>"
        return f'"{self.text[:10]}"...' if len(self.text) > 10 else f'"{self.text}"'


def tokens(text: str, name: str) -> Iterator[Token]:
    """Yield the tokens of a template; the last one is `eof`."""
    position, line, trim = 0, 1, False
    while True:
        start = text.find("{{", position)
        piece = text[position:] if start < 0 else text[position:start]
        lines, where = piece.count("\n"), line
        trim_right = start >= 0 and _trims_left(text, start)
        kept = piece.lstrip(SPACES) if trim else piece
        kept = kept.rstrip(SPACES) if trim_right else kept
        if kept:
            yield Token("text", kept, position, where)
        line += lines
        if start < 0:
            yield Token("eof", "", len(text), line)
            return
        position = start + (3 if trim_right else 2)
        comment = _comment(text, position, name=name, line=line)
        if comment is not None:
            line += text.count("\n", start, comment[0])
            position, trim = comment
            continue
        yield Token("left", "{{", start, line)
        for token in _action(text, position, line=line, name=name):
            yield token
            position, line = token.position + len(token.text), token.line + token.text.count("\n")
        trim = text.startswith("-", position - 3) and text[position - 3 : position] == "-}}"


def _trims_left(text: str, start: int) -> bool:
    return text.startswith("-", start + 2) and text[start + 3 : start + 4] in SPACES and len(text) > start + 3


def _comment(text: str, position: int, *, name: str, line: int) -> tuple[int, bool] | None:
    """Skip `/* … */}}`: where the text goes on, and whether its spaces are eaten; None when it is no comment."""
    begin = position
    while text[begin : begin + 1] in SPACES and begin < len(text) and text[position - 1] == "-":
        begin += 1
    if not text.startswith("/*", begin):
        return None
    end = text.find("*/", begin)
    if end < 0:
        raise ParseError(f"template: {name}:{line}: unclosed comment")
    match = re.compile(r"([ \t\r\n]-)?\}\}").match(text, end + 2)
    if not match:
        raise ParseError(f"template: {name}:{line}: comment ends before closing delimiter")
    return match.end(), match.group(1) is not None


def _action(text: str, position: int, *, line: int, name: str) -> Iterator[Token]:
    """Yield the tokens inside one `{{ … }}`; the closing one is `right`, with its trim marker."""
    depth = 0
    while True:
        close = re.compile(r"(?:[ \t\r\n]+-)?\}\}").match(text, position)
        if close:
            if depth:
                raise _error(name, line, "unclosed left paren")
            yield Token("right", close.group(), position, line)
            return
        if position >= len(text):
            raise _error(name, line, "unclosed action")
        token = _token(text, position, line=line, name=name)
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth < 0:
            raise _error(name, line, "unexpected right paren")
        yield token
        position, line = position + len(token.text), line + token.text.count("\n")


def _token(text: str, position: int, *, line: int, name: str) -> Token:
    match = TOKEN.match(text, position)
    if match is None:
        raise _error(name, line, _complaint(text, position))
    kind, words = str(match.lastgroup), match.group()
    following = text[match.end() : match.end() + 1]
    if kind == "number" and (following.isalnum() or following == "_"):
        raise _error(name, line, f"bad number syntax: {_quote(words + following)}")
    if kind in ("field", "variable", "word") and not _terminated(text, match.end()):
        raise _error(name, line, f"bad character {_rune(following)}")
    return Token(_word(words) if kind == "word" else kind, words, position, line)


def _word(words: str) -> str:
    if words in KEYWORDS:
        return "keyword"
    return "bool" if words in ("true", "false") else "identifier"


def _terminated(text: str, position: int) -> bool:
    return position >= len(text) or text[position] in TERMINATORS or text.startswith("}}", position)


def _complaint(text: str, position: int) -> str:
    char = text[position]
    if char == '"':
        return "unterminated quoted string"
    if char == "`":
        return "unterminated raw quoted string"
    if char == "'":
        return "unterminated character constant"
    if char == ":":
        return "expected :="
    if char in "+-":
        return f"bad number syntax: {_quote(text[position : position + 2])}"
    return f"unrecognized character in action: {_rune(char)}"


def _rune(char: str) -> str:
    return f"U+{ord(char):04X} '{char}'" if char else "U+FFFFFFFFFFFFFFFF"


def _quote(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def _error(name: str, line: int, message: str) -> ParseError:
    return ParseError(f"template: {name}:{line}: {message}")
