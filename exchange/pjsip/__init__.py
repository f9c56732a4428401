"""The SIP stack as we build it: PJSIP with our patches and our packet line, as the wheel denwa_pjsip."""
