"""Tries a freshly linked package: the configuration and the patches are in, and both modules load.

usage: self_test.py FOLDER (the folder that holds denwa_pjsip)
"""

import sys

sys.path.insert(0, sys.argv[1])

from denwa_pjsip import line, pjsua2

endpoint = pjsua2.Endpoint()
endpoint.libCreate()
if pjsua2.EpConfig().uaConfig.maxCalls != 1200:
    sys.exit("config_site.h is not in")
if "t38" not in endpoint.libVersion().suffix:
    sys.exit("the patches are not in")
endpoint.libDestroy()
if line.lib.line_live() != 0:
    sys.exit("the packet line has lines before any call")
