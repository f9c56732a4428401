"""A telephone that is not ours: baresip, steered by JSON over its own TCP control connection."""

import json
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from lab.asterisk.exchange import Extension, Transport
from lab.namespace import Namespace
from support.tones import write_tone

CONTROL_PORT = 4444
MODULES = Path("/usr/lib/baresip/modules")
RTP_PORTS = (20000, 20200)
SILENCE_S = 60


class CallFailedError(Exception):
    """A call did not come up, or did not do in time what was waited for; the message has baresip's reason."""


class BaresipPhone:
    """A registered telephone with one call at a time; it plays a WAV file and records what it hears."""

    def __init__(
        self,
        namespace: Namespace,
        folder: Path,
        address: str,
        registrar: str,
        account: Extension,
        *,
        says: Path | None = None,
        transport: Transport = Transport.UDP,
        codecs: tuple[str, ...] = ("PCMU", "PCMA"),
        answers: bool = True,
    ) -> None:
        """Start it; wait at the exchange for its registration.

        Args:
            namespace: where it runs.
            folder: for its configuration and recordings; made if missing.
            address: its own IPv4 address.
            registrar: its exchange's address.
            account: as whom it registers.
            says: a WAV file of 8 kHz, mono, 16 bit; silence if None.
            transport: of its SIP.
            codecs: in order of preference.
            answers: by itself, at once.
        """
        self.account = account
        self.address = address
        self._folder = folder
        self._events: list[dict[str, Any]] = []
        self._unread = b""
        _write_configuration(folder, address, says)
        protocol = ";transport=tcp" if transport is Transport.TCP else ""
        offered = ",".join(f"{codec}/8000/1" for codec in codecs)
        (folder / "accounts").write_text(
            f"<sip:{account.number}@{registrar}{protocol}>;auth_user={account.number};auth_pass={account.password}"
            f";regint=60;answermode={'auto' if answers else 'manual'};ptime=20;audio_codecs={offered}\n"
        )
        with (folder / "log").open("wb") as log:
            self._process = namespace.popen(
                ["baresip", "-4", "-f", folder], cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            self._control = self._connect(namespace)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Switch it off, without a word to its exchange."""
        if hasattr(self, "_control"):
            self._control.close()
        self._process.kill()
        self._process.wait()

    def dial(self, number: str) -> None:
        """Begin a call."""
        self._command("dial", number)

    def call(self, number: str, timeout_s: float = 10) -> None:
        """Dial and wait until it is answered.

        Raises:
            CallFailedError: refused (with SIP status and reason) or not answered in time.
        """
        self.dial(number)
        self.wait_answered(timeout_s)

    def wait_answered(self, timeout_s: float = 10) -> None:
        """Wait until the call is up, be it ours or another's.

        Raises:
            CallFailedError: it ended before, or was not answered in time.
        """
        event = self.wait_for("CALL_ESTABLISHED", "CALL_CLOSED", timeout_s=timeout_s)
        if event["type"] == "CALL_CLOSED":
            raise CallFailedError(str(event.get("param", "")))

    def wait_ended(self, timeout_s: float = 10) -> str:
        """Wait until the call is over, and give the reason.

        Raises:
            CallFailedError: it is still up.
        """
        return str(self.wait_for("CALL_CLOSED", timeout_s=timeout_s).get("param", ""))

    def send_digits(self, digits: str, gap_s: float = 0.2) -> None:
        """Press these keys, as RFC 4733 events where they were agreed on."""
        for digit in digits:
            self._command("sndcode", digit)
            time.sleep(gap_s)

    def listen(self, seconds: float) -> None:
        """Let the call go on; sound takes its time."""
        time.sleep(seconds)

    def hang_up(self) -> None:
        """End the call; what was heard is in the recording after `wait_ended`."""
        self._command("hangup", "")

    def heard(self) -> Path:
        """The recording of what the last call let hear, 8 kHz, when the call is over: baresip closes it thereafter."""
        last = max((self._folder / "rec").glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime_ns)
        ends_monotonic_s = time.monotonic() + 5
        while not _is_closed(last) and time.monotonic() < ends_monotonic_s:
            time.sleep(0.02)
        return last

    def wait_for(self, *types: str, timeout_s: float = 10) -> dict[str, Any]:
        """The first event of these types; those before it are forgotten.

        Raises:
            CallFailedError: none came in time.
        """
        ends_monotonic_s = time.monotonic() + timeout_s
        while True:
            while self._events:
                event = self._events.pop(0)
                if event["type"] in types:
                    return event
            try:
                message = self._message(ends_monotonic_s)
            except TimeoutError:
                raise CallFailedError(
                    f"{self.account.number}: no {' or '.join(types)} in {timeout_s} s"
                ) from None
            if message.get("event"):
                self._events.append(message)

    def _command(self, command: str, parameters: str) -> None:
        body = json.dumps({"command": command, "params": parameters, "token": command}).encode()
        self._control.sendall(b"%d:%s," % (len(body), body))
        ends_monotonic_s = time.monotonic() + 5
        while not (message := self._message(ends_monotonic_s)).get("response"):
            self._events.append(message)
        if not message.get("ok"):
            raise CallFailedError(f"baresip refused {command} {parameters}: {message.get('data')}")

    def _message(self, ends_monotonic_s: float) -> dict[str, Any]:
        """The next netstring (length:json,) of the control connection."""
        while True:
            length, colon, rest = self._unread.partition(b":")
            if colon and len(rest) > int(length):
                self._unread = rest[int(length) + 1 :]
                message: dict[str, Any] = json.loads(rest[: int(length)])
                return message
            self._control.settimeout(max(0.001, ends_monotonic_s - time.monotonic()))
            received = self._control.recv(65536)
            if not received:
                raise CallFailedError(f"baresip {self.account.number} is gone:\n{self._last_words()}")
            self._unread += received

    def _connect(self, namespace: Namespace) -> socket.socket:
        ends_monotonic_s = time.monotonic() + 10
        while time.monotonic() < ends_monotonic_s and self._process.poll() is None:
            control = namespace.socket(socket.SOCK_STREAM)
            try:
                control.connect((self.address, CONTROL_PORT))
            except ConnectionRefusedError:
                control.close()
                time.sleep(0.01)
            else:
                return control
        raise CallFailedError(f"baresip {self.account.number} did not start:\n{self._last_words()}")

    def _last_words(self) -> str:
        return "\n".join((self._folder / "log").read_text(errors="replace").splitlines()[-12:])


def _is_closed(wav: Path) -> bool:
    """Its header tells the file's length, which it does only when the file is closed."""
    with wav.open("rb") as file:
        header = file.read(8)
    return len(header) == 8 and int.from_bytes(header[4:], "little") + 8 == wav.stat().st_size


def _write_configuration(folder: Path, address: str, says: Path | None) -> None:
    (folder / "rec").mkdir(parents=True, exist_ok=True)
    says = says or write_tone(folder / "silence.wav", 0, SILENCE_S)
    modules = ["module g711.so", "module aufile.so", "module sndfile.so"]
    modules += ["module_tmp uuid.so", "module_tmp account.so", "module_app menu.so", "module_app ctrl_tcp.so"]
    lines = [
        f"sip_listen {address}:5060",
        f"net_interface {address}",
        f"rtp_ports {RTP_PORTS[0]}-{RTP_PORTS[1]}",
        f"audio_source aufile,{says}",
        f"audio_player aufile,{folder}/played.wav",
        f"audio_alert aufile,{folder}/ring.wav",
        "ausrc_srate 8000",
        "auplay_srate 8000",
        "ausrc_channels 1",
        "auplay_channels 1",
        "audio_txmode thread",
        "audio_jitter_buffer_type fixed",
        "audio_jitter_buffer_delay 5-10",
        f"module_path {MODULES}",
        *modules,
        "snd_path rec",  # a longer one would be cut, after 127 characters with the file's name
        f"ctrl_tcp_listen {address}:{CONTROL_PORT}",
    ]
    (folder / "config").write_text("\n".join(lines) + "\n")
    (folder / "contacts").write_text('"nobody" <sip:nobody@nowhere>\n')
