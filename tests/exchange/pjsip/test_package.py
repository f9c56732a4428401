import subprocess
import sys

import pytest

pytestmark = pytest.mark.native

TWICE = """
from denwa_pjsip import pjsua2

for _ in range(2):
    endpoint = pjsua2.Endpoint()
    endpoint.libCreate()
    endpoint.libDestroy()
    del endpoint
"""


def test_an_endpoint_starts_where_warnings_are_errors():
    """As in every test here; a process of its own, whose first import it is."""
    command = [sys.executable, "-W", "error", "-c", TWICE]
    done = subprocess.run(command, check=False, capture_output=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, b"")
