"""Runs the archive that holds all commands, in which this file lies at the top."""

import sys

from cback_amazons3 import main

sys.exit(main())
