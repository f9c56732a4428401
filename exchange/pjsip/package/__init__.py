"""PJSIP as denwa builds it: `pjsua2` is its API, `line` the packet line beside it. Built by exchange/pjsip/build.py."""

import warnings

# SWIG 4.3 on Python 3.12 and later has warnings about its own types ("has no __module__ attribute") as it is loaded,
# and where warnings are errors it goes on with null pointers.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from denwa_pjsip import _pjsua2 as _pjsua2
