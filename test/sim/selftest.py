"""Proves the simulator: `python3 selftest.py`.

Promises: starts its own simulators, needs nothing else, takes under 20 s.
"""

import unittest

from selftest_api import Dataset, Documents, Signing
from selftest_control import Control, IamTest
from selftest_steer import Faults, Personalities

__all__ = ["Control", "Dataset", "Documents", "Faults", "IamTest",
           "Personalities", "Signing"]

if __name__ == "__main__":
    unittest.main()
