"""A SIP telephone that is rung, and does exactly what its script says."""

import re

from support.scripted_caller import ScriptedCaller
from support.sip_message import SipMessage


class ScriptedCallee(ScriptedCaller):
    """The called side of one dialog; `host_port` is where it is rung."""

    @property
    def host_port(self) -> str:
        """Where its SIP comes to."""
        return f"{self.address}:{self.port}"

    def rung(self, timeout_s: float = 5) -> SipMessage:
        """The INVITE that comes; its dialog is this telephone's from now on."""
        invite = self.expect("INVITE", timeout_s)
        self.call_id = invite.one("Call-ID")
        self.sender, self._to = invite.one("To"), invite.one("From")
        contact, audio = (
            re.search("<([^>]+)>", invite.one("Contact")),
            re.search(r"m=audio (\d+)", invite.body),
        )
        assert contact is not None
        assert audio is not None
        self.target = contact[1]
        self.rtp.there = (self._server[0], int(audio[1]))
        return invite

    def reply(
        self,
        invite: SipMessage,
        status: int,
        body: str = "",
        *,
        headers: tuple[tuple[str, str], ...] = (),
        tag: str = "",
    ) -> None:
        """Answer the INVITE with a tag of its own, or a fork's."""
        to = f"{invite.one('To')};tag={tag or self.tag}"
        tagged = tuple((name, to if name == "To" else value) for name, value in invite.headers)
        self.respond(SipMessage(invite.start_line, tagged, invite.body), status, body, headers=headers)
