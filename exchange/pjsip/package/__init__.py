"""PJSIP as denwa builds it: `pjsua2` is its API, `line` the packet line beside it. Built by exchange/pjsip/build.py."""
