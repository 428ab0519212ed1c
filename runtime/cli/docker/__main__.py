"""Start the docker command line: `python -SI runtime/cli/docker/__main__.py WORDS`."""

import os
import signal
import sys


def start() -> None:
    """Run the command line and leave with its exit code, without the interpreter's slow way out."""
    from runtime.cli.docker import app

    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    try:
        code = app.main(sys.argv[1:])
        sys.stderr.flush()
    except BrokenPipeError:
        # The reader of our output is gone (docker logs | head): end as any program does then.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGPIPE)
        code = 141
    os._exit(code)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))))
    start()
