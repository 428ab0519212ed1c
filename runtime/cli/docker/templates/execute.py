"""Nodes and data to text: Go's text/template, with its words when the two do not fit."""

from __future__ import annotations

from . import functions, nodes, parser, printing, values
from .errors import CallError, ExecError, TypeCallError
from .values import MISSING, Row, Typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, NoReturn


class Jump(Exception):
    """A `break` or `continue` on its way to its range."""


class Template:
    """A parsed template, ready for any number of values."""

    def __init__(self, text: str, name: str, body: list[nodes.Node], named: dict[str, list[nodes.Node]]) -> None:
        self.text, self.name, self.body, self.named = text, name, body, named

    def render(self, data: Any, *, strict: bool = False, header: bool = False) -> str:
        """Return the template filled with data; `strict` refuses missing map keys, `header` makes a table's titles."""
        run = Execution(self, functions.HEADER if header else functions.FUNCTIONS, strict=strict)
        run.variables.append(("$", data))
        run.walk(self.body, data)
        return "".join(run.out)


def parse(text: str, name: str = "") -> Template:
    """Read a template; raise ParseError in Go's words."""
    reader = parser.Parser(text, name, functions.FUNCTIONS)
    body = reader.parse()
    return Template(text, name, body, reader.templates)


class Execution:
    """One run of a template: its output so far and its variables."""

    def __init__(self, template: Template, table: dict[str, Any], *, strict: bool) -> None:
        self.template, self.table, self.strict = template, table, strict
        self.out: list[str] = []
        self.variables: list[tuple[str, Any]] = []
        self.name = template.name
        self.depth = 0

    def fail(self, node: nodes.Node, message: str) -> NoReturn:
        """Raise with the place, as Go does."""
        where = parser.place(self.template.text, node.position)
        raise ExecError(f'template: {self.template.name}:{where}: executing "{self.name}" at <{node}>: {message}')

    # --- statements

    def walk(self, body: Iterable[nodes.Node], dot: Any) -> None:
        """Execute a list of text and actions."""
        for node in body:
            if isinstance(node, nodes.Text):
                self.out.append(node.text)
            elif isinstance(node, nodes.Action):
                value = self.pipe(node.pipe, dot)
                if not node.pipe.variables:
                    self._print(value)
            elif isinstance(node, nodes.Branch):
                mark = len(self.variables)
                (self._range if node.kind == "range" else self._choose)(node, dot)
                del self.variables[mark:]
            elif isinstance(node, nodes.Jump):
                raise Jump(node.kind)
            elif isinstance(node, nodes.Call):
                self._template(node, dot)

    def _print(self, value: Any) -> None:
        if isinstance(value, Typed) and value.kind == "ptr" and value.raw is not None:
            value = value.element()
        self.out.append("<no value>" if value is MISSING else printing.show(value))

    def _choose(self, node: nodes.Branch, dot: Any) -> None:
        value = self.pipe(node.pipe, dot)
        chosen = values.truth(value)
        self.walk(node.body if chosen else node.otherwise, value if node.kind == "with" and chosen else dot)

    def _range(self, node: nodes.Branch, dot: Any) -> None:
        value, _ = values.indirect(self.pipe(node.pipe, dot))
        mark, entries = len(self.variables), self._entries(node, value)
        for key, item in entries:
            del self.variables[mark:]
            self._bind(node.pipe, key, item)
            try:
                self.walk(node.body, item)
            except Jump as jump:
                if str(jump) == "break":
                    break
        if not entries:
            self.walk(node.otherwise, dot)

    def _entries(self, node: nodes.Branch, value: Any) -> list[tuple[Any, Any]]:
        if value is MISSING or (isinstance(value, Typed) and value.kind in ("map", "slice") and not value.raw):
            return []
        if isinstance(value, Typed) and value.kind == "map":
            return list(value.entries())
        if isinstance(value, Typed) and value.kind == "slice":
            return list(enumerate(value.items()))
        if isinstance(value, dict):
            return sorted(value.items())
        if isinstance(value, list):
            return list(enumerate(value))
        if isinstance(value, int) and not isinstance(value, bool):
            return [(number, number) for number in range(value)]
        return self.fail(node.pipe, f"range can't iterate over {printing.show(value)}")

    def _bind(self, pipe: nodes.Pipe, key: Any, item: Any) -> None:
        bound = [item] if len(pipe.variables) == 1 else [key, item]
        for name, value in zip(pipe.variables, bound, strict=False):
            self._set(name, value, assign=pipe.assign)

    def _set(self, name: str, value: Any, *, assign: bool) -> None:
        for place in range(len(self.variables) - 1, -1, -1) if assign else ():
            if self.variables[place][0] == name:
                self.variables[place] = (name, value)
                return
        self.variables.append((name, value))

    def _template(self, node: nodes.Call, dot: Any) -> None:
        if node.name not in self.template.named:
            self.fail(node, f'template "{node.name}" not defined')
        if self.depth >= 100:
            self.fail(node, "exceeded maximum template depth (100)")
        value = self.pipe(node.pipe, dot) if node.pipe else MISSING
        kept, self.variables, name, self.name = self.variables, [("$", value)], self.name, node.name
        self.depth += 1
        self.walk(self.template.named[node.name], value)
        self.depth -= 1
        self.variables, self.name = kept, name

    # --- expressions

    def pipe(self, pipe: nodes.Pipe, dot: Any) -> Any:
        """Evaluate a pipeline and set its variables; a range sets its own, one element at a time."""
        value: Any = MISSING
        for stage, command in enumerate(pipe.commands):
            value = self._command(command, dot, [value] if stage else [])
            value = MISSING if value is None else value
        for name in pipe.variables:
            self._set(name, value, assign=pipe.assign)
        return value

    def _command(self, command: nodes.Command, dot: Any, final: list[Any]) -> Any:
        first, rest = command.arguments[0], command.arguments[1:]
        if isinstance(first, nodes.Identifier):
            return self._function(first, rest, dot, final, command=command)
        if isinstance(first, nodes.Field | nodes.Variable | nodes.Chain):
            return self._chain(first, rest, dot, final)
        if rest or final:
            guilty = rest[0] if isinstance(first, nodes.Pipe) and rest else first
            self.fail(guilty, f"can't give argument to non-function {first}")
        if isinstance(first, nodes.Nil):
            self.fail(first, "nil is not a command")
        return self._operand(first, dot)

    def _operand(self, node: nodes.Node, dot: Any) -> Any:
        if isinstance(node, nodes.Dot):
            return dot
        if isinstance(node, nodes.Literal):
            return node.value
        if isinstance(node, nodes.Pipe):
            return self.pipe(node, dot)
        if isinstance(node, nodes.Identifier):
            return self._function(node, [], dot, [], command=node)
        return None if isinstance(node, nodes.Nil) else self._chain(node, [], dot, [])

    def _chain(self, node: nodes.Node, rest: list[nodes.Node], dot: Any, final: list[Any]) -> Any:
        """Follow `.A.B` from the data, a variable or a computed value; arguments go to the last name."""
        if isinstance(node, nodes.Variable):
            value = self._variable(node)
            names = node.names
        elif isinstance(node, nodes.Chain):
            value, names = self._operand(node.node, dot), node.names
        else:
            value, names = dot, node.names if isinstance(node, nodes.Field) else []
        arguments = [self._operand(item, dot) for item in rest] + final
        if not names and arguments:
            self.fail(node, f"can't give argument to non-function {node}")
        for name in names[:-1]:
            value = self._field(node, value, name, [])
        return self._field(node, value, names[-1], arguments) if names else value

    def _variable(self, node: nodes.Variable) -> Any:
        for name, value in reversed(self.variables):
            if name == node.name:
                return value
        return self.fail(node, f"undefined variable: {node.name}")

    def _field(self, node: nodes.Node, receiver: Any, name: str, arguments: list[Any]) -> Any:
        if receiver is MISSING:
            if self.strict:
                self.fail(node, f'nil data; no entry for key "{name}"')
            return MISSING
        if isinstance(receiver, Row) and receiver.has(name):
            return self._method(node, receiver, name, arguments)
        value, nil = values.indirect(receiver)
        if value is None:
            self.fail(node, f"nil pointer evaluating interface {{}}.{name}")
        kind = values.kind(value)
        if kind == "map":
            return self._entry(node, value, name, arguments)
        if nil and any(field[0] == name for field in values.struct(value.type[1:])):
            self.fail(node, f"nil pointer evaluating {value.type}.{name}")
        if kind == "struct":
            found = value.field(name)
            if found is not MISSING and arguments:
                self.fail(node, f"{name} has arguments but cannot be invoked as function")
            if found is not MISSING:
                return found
        untyped = self.strict and not isinstance(receiver, Typed | Row)
        go_type = "interface {}" if untyped else values.type_name(receiver)
        return self.fail(node, f"can't evaluate field {name} in type {go_type}")

    def _method(self, node: nodes.Node, receiver: Row, name: str, arguments: list[Any]) -> Any:
        try:
            return receiver.get(name, arguments)
        except TypeError:
            self.fail(node, f"wrong number of args for {name}: want {receiver.arity(name)} got {len(arguments)}")

    def _entry(self, node: nodes.Node, value: Any, name: str, arguments: list[Any]) -> Any:
        if arguments:
            self.fail(node, f"{name} is not a method but has arguments")
        if isinstance(value, Typed):
            entries = value.raw or {}
            found = values.wrap(values.element_type(value.type), entries[name]) if name in entries else MISSING
        else:
            found = value.get(name, MISSING)
        if found is MISSING and self.strict:
            self.fail(node, f'map has no entry for key "{name}"')
        return found

    def _function(
        self, node: nodes.Identifier, rest: list[nodes.Node], dot: Any, final: list[Any], *, command: nodes.Node
    ) -> Any:
        low, high, function = self.table[node.name]
        count = len(rest) + len(final)
        if count < low or (high is not None and count > high):
            wanted = str(low) if high is not None else f"at least {low}"
            self.fail(node, f"wrong number of args for {node.name}: want {wanted} got {count}")
        if node.name in ("and", "or"):
            return self._lazy(node.name, rest, dot, final)
        arguments = [self._operand(item, dot) for item in rest] + final
        try:
            if node.name == "call" and arguments[0] is not MISSING:
                raise CallError(f"non-function {rest[0] if rest else '<nil>'} of type {values.type_name(arguments[0])}")
            return function(arguments)
        except TypeCallError as error:
            # Go names the argument that does not fit; the value of a pipe has no place of its own.
            guilty = next((item for item, value in zip(rest, arguments, strict=False) if value is error.value), node)
            if isinstance(guilty, nodes.Literal):
                wanted = "integer" if "expected int" in str(error) else "string"
                self.fail(guilty, f"expected {wanted}; found {guilty}")
            self.fail(guilty, str(error))
        except CallError as error:
            self.fail(command, f"error calling {node.name}: {error}")

    def _lazy(self, name: str, rest: list[nodes.Node], dot: Any, final: list[Any]) -> Any:
        value: Any = MISSING
        for item in rest:
            value = self._operand(item, dot)
            if values.truth(value) == (name == "or"):
                return value
        return final[0] if final else value
