"""`python -m runtime.cli.lab`: the same as the program `docklab`."""

import sys

from .app import main

sys.exit(main())
