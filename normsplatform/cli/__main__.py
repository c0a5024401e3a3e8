"""``python -m normsplatform.cli``."""

import sys

from normsplatform.cli.main import main

sys.exit(main(sys.argv[1:]))
