"""``python -m loci``: the command line."""

import sys

from .figure import main

sys.exit(main())
