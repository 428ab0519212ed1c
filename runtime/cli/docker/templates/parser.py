"""Tokens to nodes, with Go's grammar and Go's complaints."""

from __future__ import annotations

from . import lexer, nodes
from .errors import ParseError
from .literals import character, number, unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from typing import NoReturn


OPERANDS = frozenset(("string", "raw", "char", "number", "field", "dot", "variable", "identifier", "bool", "open"))


class Parser:
    """One template text on its way to nodes; `templates` collects what `define` and `block` name."""

    def __init__(self, text: str, name: str, functions: Container[str]) -> None:
        self.name, self.functions = name, functions
        self.tokens = lexer.tokens(text, name)
        self.ahead: list[lexer.Token] = []
        self.variables = ["$"]
        self.templates: dict[str, list[nodes.Node]] = {}
        self.line = 1
        self.depth = 0

    def parse(self) -> list[nodes.Node]:
        """Read the whole text."""
        body, end = self._body()
        if end != "eof":
            self._fail(f"unexpected {{{{{end}}}}}")
        return body

    # --- tokens

    def _next(self, *, spaces: bool = False) -> lexer.Token:
        token = self.ahead.pop() if self.ahead else next(self.tokens)
        while not spaces and token.kind == "space":
            token = self.ahead.pop() if self.ahead else next(self.tokens)
        self.line = token.line
        return token

    def _peek(self, *, spaces: bool = False) -> lexer.Token:
        token = self._next(spaces=spaces)
        self.ahead.append(token)
        return token

    def _fail(self, message: str) -> NoReturn:
        raise ParseError(f"template: {self.name}:{self.line}: {message}")

    def _unexpected(self, token: lexer.Token, context: str) -> NoReturn:
        self._fail(f"unexpected {token} in {context}")

    # --- the list of text and actions

    def _body(self) -> tuple[list[nodes.Node], str]:
        """Read until `{{end}}`, `{{else}}` or the end of the text; say which it was."""
        body: list[nodes.Node] = []
        while (token := self._next()).kind != "eof":
            if token.kind == "text":
                body.append(nodes.Text(token.position, token.text))
                continue
            first = self._peek()
            if first.kind == "keyword" and first.text in ("end", "else"):
                self._next()
                if first.text == "end":
                    self._close("end")
                return body, first.text
            node = self._action()
            if node is not None:
                body.append(node)
        return body, "eof"

    def _action(self) -> nodes.Node | None:
        token = self._peek()
        if token.kind != "keyword" or token.text == "nil":
            pipe = self._pipeline("command", "right")
            return nodes.Action(token.position, pipe)
        self._next()
        if token.text in ("if", "with", "range"):
            return self._branch(token)
        if token.text in ("break", "continue"):
            return self._jump(token)
        if token.text == "define":
            self._define()
            return None
        return self._call(token)

    def _close(self, context: str) -> None:
        token = self._next()
        if token.kind != "right":
            self._unexpected(token, context)

    # --- keywords

    def _branch(self, token: lexer.Token) -> nodes.Branch:
        kind, mark = token.text, len(self.variables)
        pipe = self._pipeline(kind, "right")
        self.depth += kind == "range"
        body, end = self._body()
        self.depth -= kind == "range"
        otherwise: list[nodes.Node] = []
        if end == "else":
            otherwise = self._otherwise(kind)
        elif end == "eof":
            self._fail("unexpected EOF")
        del self.variables[mark:]
        return nodes.Branch(token.position, kind, pipe, (body, otherwise))

    def _otherwise(self, kind: str) -> list[nodes.Node]:
        following = self._peek()
        chained = following.kind == "keyword" and following.text == kind and kind in ("if", "with")
        if chained:
            return [self._branch(self._next())]
        self._close("else")
        body, end = self._body()
        if end == "else":
            self._fail("expected end; found {{else}}")
        if end == "eof":
            self._fail("unexpected EOF")
        return body

    def _jump(self, token: lexer.Token) -> nodes.Jump:
        following = self._next()
        if following.kind != "right":
            self._unexpected(following, f"{{{{{token.text}}}}}")
        if not self.depth:
            self._fail(f"{{{{{token.text}}}}} outside {{{{range}}}}")
        return nodes.Jump(token.position, token.text)

    def _define(self) -> None:
        name = self._name("define clause")
        self._close("define clause")
        self.templates[name] = self._named_body("define clause")

    def _named_body(self, context: str) -> list[nodes.Node]:
        kept, self.variables = self.variables, ["$"]
        body, end = self._body()
        self.variables = kept
        if end != "end":
            self._fail(f"unexpected {'EOF' if end == 'eof' else '{{else}}'} in {context}")
        return body

    def _call(self, token: lexer.Token) -> nodes.Call:
        context = f"{token.text} clause"
        position = self._peek().position
        name = self._name(context)
        pipe = None
        if self._peek().kind != "right" or token.text == "block":
            pipe = self._pipeline(context, "right")
        else:
            self._next()
        if token.text == "block":
            self.templates[name] = self._named_body(context)
        return nodes.Call(position, name, pipe)

    def _name(self, context: str) -> str:
        token = self._next()
        if token.kind not in ("string", "raw"):
            self._unexpected(token, context)
        return unquote(token.text)

    # --- pipelines

    def _pipeline(self, context: str, end: str) -> nodes.Pipe:
        start = self._peek().position
        variables, assign = self._declarations(context)
        commands: list[nodes.Command] = []
        while (token := self._next()).kind != end:
            if token.kind not in OPERANDS and token.text != "nil":
                self._unexpected(token, context)
            self.ahead.append(token)
            commands.append(self._command())
        self._check(commands, context)
        if not assign:
            self.variables += variables
        return nodes.Pipe(start, variables, commands, assign=assign)

    def _check(self, commands: list[nodes.Command], context: str) -> None:
        if not commands:
            self._fail(f"missing value for {context}")
        for stage, command in enumerate(commands[1:], 2):
            if isinstance(command.arguments[0], nodes.Literal | nodes.Dot | nodes.Nil):
                self._fail(f"non executable command in pipeline stage {stage}")

    def _declarations(self, context: str) -> tuple[list[str], bool]:
        """Read `$x :=`, `$x =` or, in a range, `$i, $x :=`."""
        variables: list[str] = []
        read: list[lexer.Token] = []
        while self._peek().kind == "variable":
            read.append(variable := self._next())
            after = self._next(spaces=True)
            read.append(after)
            if after.kind == "space":
                read.append(after := self._next())
            if after.kind in ("declare", "assign"):
                variables.append(variable.text)
                if after.kind == "assign":
                    self._known(variable.text)
                return variables, after.kind == "assign"
            if after.kind != "comma":
                break
            if context != "range" or len(variables) > 1:
                self._fail(f"too many declarations in {context}")
            variables.append(variable.text)
        if variables and context == "range":
            self._fail("range can only initialize variables")
        self.ahead += reversed(read)
        return [], False

    def _known(self, name: str) -> None:
        if name not in self.variables:
            self._fail(f'undefined variable "{name}"')

    def _command(self) -> nodes.Command:
        start = self._peek().position
        arguments: list[nodes.Node] = []
        while True:
            operand = self._operand()
            if operand is not None:
                arguments.append(operand)
            token = self._next(spaces=True)
            if token.kind == "space":
                if operand is None:
                    self._next()
                continue
            if token.kind in ("right", "close"):
                self.ahead.append(token)
            elif token.kind != "pipe":
                self._unexpected(token, "operand")
            break
        if not arguments:
            self._fail("empty command")
        return nodes.Command(start, arguments)

    def _operand(self) -> nodes.Node | None:
        node = self._term()
        following = self._peek(spaces=True)
        if node is None or following.kind != "field":
            return node
        position, names = following.position, []
        while self._peek(spaces=True).kind == "field":
            names.append(self._next(spaces=True).text[1:])
        if isinstance(node, nodes.Field):
            return nodes.Field(position, node.names + names)
        if isinstance(node, nodes.Variable):
            return nodes.Variable(position, node.name, node.names + names)
        if isinstance(node, nodes.Literal | nodes.Dot | nodes.Nil):
            self._fail(f"unexpected . after term {lexer.Token('', str(node), 0, 0)}")
        return nodes.Chain(position, node, names)

    def _term(self) -> nodes.Node | None:
        token = self._next()
        position, text = token.position, token.text
        if token.kind == "identifier":
            if text not in self.functions:
                self._fail(f'function "{text}" not defined')
            return nodes.Identifier(position, text)
        if token.kind == "field":
            return nodes.Field(position, [text[1:]])
        if token.kind == "variable":
            self._known(text)
            return nodes.Variable(position, text, [])
        if token.kind == "open":
            return self._pipeline("parenthesized pipeline", "close")
        if token.kind == "dot":
            return nodes.Dot(position)
        if text == "nil" and token.kind == "keyword":
            return nodes.Nil(position)
        if token.kind in ("string", "raw", "char", "number", "bool"):
            return self._literal(token)
        self.ahead.append(token)
        return None

    def _literal(self, token: lexer.Token) -> nodes.Literal:
        try:
            if token.kind == "bool":
                return nodes.Literal(token.position, token.text, token.text == "true")
            if token.kind == "number":
                return nodes.Literal(token.position, token.text, number(token.text))
            if token.kind == "char":
                return nodes.Literal(token.position, token.text, character(token.text))
            return nodes.Literal(token.position, token.text, unquote(token.text))
        except ValueError as error:
            self._fail(str(error))


def place(text: str, position: int) -> str:
    """Return `line:column` of a position, as Go counts them: lines from 1, columns from 0, in bytes."""
    before = text[:position]
    return f"{before.count(chr(10)) + 1}:{len(before[before.rfind(chr(10)) + 1 :].encode())}"
