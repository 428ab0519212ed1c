"""`python -m labs.images [DIR] [FAMILY…]`: build what is missing and print each archive's path."""
from __future__ import annotations

import sys
from pathlib import Path

from . import families, packages


def main(arguments: list[str]) -> int:
    """Build the archives into the folder named first; print one path a line."""
    folder = Path(arguments[0]) if arguments else families.default_folder()
    names = arguments[1:] or list(families.BUILDERS)
    if unknown := [name for name in names if name not in families.BUILDERS]:
        there = ", ".join(families.BUILDERS)
        print(f"no such family of images: {', '.join(unknown)} (there are {there})", file=sys.stderr)
        return 2
    try:
        for path, built in families.ensure(folder, names):
            print(path, flush=True)
            print(f"{path.stem}: {'built' if built else 'there already'}", file=sys.stderr)
    except (packages.BuildError, OSError) as error:
        print(f"cannot build the course images: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
