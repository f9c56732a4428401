"""The packet line's C functions: `lib`, and `ffi` for its structures. See exchange/media/line.h."""

import sys
from importlib.machinery import ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_loader

from denwa_pjsip import _pjsua2

# The module lives in pjsua2's own shared object, so that both use the one PJSIP.
_NAME = "denwa_pjsip._line"
_loader = ExtensionFileLoader(_NAME, _pjsua2.__file__)
_module = module_from_spec(spec_from_loader(_NAME, _loader))
_loader.exec_module(_module)
sys.modules[_NAME] = _module

ffi = _module.ffi
lib = _module.lib
