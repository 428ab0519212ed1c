"""hello-world: one file, a program that prints a text. See elf.py for how it is made."""
from __future__ import annotations

from pathlib import Path

from . import archive, elf

TEXT = """
Hello from a container!
You can read this, so your client, the daemon and the kernel work together.

How this text came to your screen:
 1. The docker client sent your command to the daemon, over its socket.
 2. The daemon found the image "hello-world" among its images. (Had it not been
    there, the daemon would have asked a registry for it.)
 3. The daemon created a container from the image and started the one program in
    it, a static executable of less than two kilobytes.
 4. The program wrote this text and ended. The daemon passed the text on to the
    client, and the client wrote it to your terminal.

The container is still there, stopped: docker ps -a
The image is one layer with one file: docker history hello-world

Something with more in it:
 $ docker run -it ubuntu bash

"""


def build(scratch: Path, machine: str) -> list[archive.Image]:
    """Return hello-world, its layer written to `scratch`."""
    tree = archive.Tree(scratch / "hello.layer")
    tree.file("hello", elf.printer(TEXT.encode(), machine), mode=0o755)
    layer = tree.layer("COPY hello / # written by docklab, byte by byte")
    description = "says hello; made by docklab from a few bytes of machine code"
    return [archive.Image(("hello-world:latest",), (layer,), ("/hello",), description, stand_in=False)]
