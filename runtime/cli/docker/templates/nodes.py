"""What the parser builds and the executor walks. `str(node)` gives the text Go shows in its error messages."""

from __future__ import annotations

from typing import Any


class Node:
    """One piece of a template and where it starts."""

    __slots__ = ("position",)

    def __init__(self, position: int) -> None:
        self.position = position


class Text(Node):
    """What stands outside the braces."""

    __slots__ = ("text",)

    def __init__(self, position: int, text: str) -> None:
        super().__init__(position)
        self.text = text


class Literal(Node):
    """A constant: string, number, character, bool."""

    __slots__ = ("text", "value")

    def __init__(self, position: int, text: str, value: Any) -> None:
        super().__init__(position)
        self.text, self.value = text, value

    def __str__(self) -> str:
        return self.text


class Dot(Node):
    """The data at hand."""

    __slots__ = ()

    def __str__(self) -> str:
        return "."


class Nil(Node):
    """The word nil."""

    __slots__ = ()

    def __str__(self) -> str:
        return "nil"


class Identifier(Node):
    """The name of a function."""

    __slots__ = ("name",)

    def __init__(self, position: int, name: str) -> None:
        super().__init__(position)
        self.name = name

    def __str__(self) -> str:
        return self.name


class Field(Node):
    """`.A.B`: fields of the data at hand."""

    __slots__ = ("names",)

    def __init__(self, position: int, names: list[str]) -> None:
        super().__init__(position)
        self.names = names

    def __str__(self) -> str:
        return "".join(f".{name}" for name in self.names)


class Variable(Node):
    """`$x.A.B`: a variable and its fields."""

    __slots__ = ("name", "names")

    def __init__(self, position: int, name: str, names: list[str]) -> None:
        super().__init__(position)
        self.name, self.names = name, names

    def __str__(self) -> str:
        return self.name + "".join(f".{name}" for name in self.names)


class Chain(Node):
    """`(pipeline).A.B`: fields of a computed value."""

    __slots__ = ("names", "node")

    def __init__(self, position: int, node: Node, names: list[str]) -> None:
        super().__init__(position)
        self.node, self.names = node, names

    def __str__(self) -> str:
        inner = f"({self.node})" if isinstance(self.node, Pipe) else str(self.node)
        return inner + "".join(f".{name}" for name in self.names)


class Command(Node):
    """A function or a value with its arguments."""

    __slots__ = ("arguments",)

    def __init__(self, position: int, arguments: list[Node]) -> None:
        super().__init__(position)
        self.arguments = arguments

    def __str__(self) -> str:
        return " ".join(f"({item})" if isinstance(item, Pipe) else str(item) for item in self.arguments)


class Pipe(Node):
    """Commands joined by `|`, and the variables that take the result."""

    __slots__ = ("assign", "commands", "variables")

    def __init__(self, position: int, variables: list[str], commands: list[Command], *, assign: bool) -> None:
        super().__init__(position)
        self.variables, self.commands, self.assign = variables, commands, assign

    def __str__(self) -> str:
        names = ", ".join(self.variables)
        head = f"{names} {'=' if self.assign else ':='} " if names else ""
        return head + " | ".join(map(str, self.commands))


class Action(Node):
    """A pipeline whose value is printed."""

    __slots__ = ("pipe",)

    def __init__(self, position: int, pipe: Pipe) -> None:
        super().__init__(position)
        self.pipe = pipe


class Branch(Node):
    """`if`, `with` or `range` with its two bodies."""

    __slots__ = ("body", "kind", "otherwise", "pipe")

    def __init__(self, position: int, kind: str, pipe: Pipe, bodies: tuple[list[Node], list[Node]]) -> None:
        super().__init__(position)
        self.kind, self.pipe = kind, pipe
        self.body, self.otherwise = bodies


class Jump(Node):
    """`break` or `continue`."""

    __slots__ = ("kind",)

    def __init__(self, position: int, kind: str) -> None:
        super().__init__(position)
        self.kind = kind


class Call(Node):
    """`template "name" pipeline`."""

    __slots__ = ("name", "pipe")

    def __init__(self, position: int, name: str, pipe: Pipe | None) -> None:
        super().__init__(position)
        self.name, self.pipe = name, pipe

    def __str__(self) -> str:
        return f'{{{{template "{self.name}"{f" {self.pipe}" if self.pipe else ""}}}}}'
