"""Dialled digits, hop prefixes, and the dialplan text an operator pastes."""
