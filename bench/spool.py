"""The peer of the morning call: call files as FreePBX's wake-up module writes them, in a real Asterisk's spool.

What pbx_spool does with them (Asterisk 22, with inotify): a file whose time of modification lies ahead waits in a list,
and its thread sleeps a whole number of seconds, counted from the whole second that it is in. So it wakes up to a second
late, by when it was last woken: by the last file that came, at the latest. Each call has a thread, and its file is written
to before the call and after it.
"""

import dataclasses
import os
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from lab.asterisk.ami import AmiError
from lab.asterisk.install import Install
from lab.asterisk.running import RunningExchange
from lab.namespace import Namespace
from lab.network import describe_exchange

from bench.lateness import EXCHANGE, OURS, BenchError, Lateness, number_of, start_of_alarms_utc, wait_for
from bench.rung import Rung

LAST_FILE_COMES_AT_S = 0.5
"""The last file comes so long after a whole second: the mean of all such moments, in seconds."""
PJSIP_CONF = f"""
[udp]
type = transport
protocol = udp
bind = {OURS}
[home]
type = endpoint
context = default
aors = home
disallow = all
allow = ulaw,alaw
from_user = 7000
[home]
type = aor
contact = sip:{EXCHANGE}:5060
"""
EXTENSIONS_CONF = """
[originate-skipvm]
exten => _X.,1,Dial(PJSIP/${EXTEN}@home)
"""
CALL_FILE = """channel: Local/{number}@originate-skipvm
maxretries: 3
retrytime: 60
waittime: 60
callerid: Wake Up Calls <*68>
set: CHANNEL(language)=en
application: Playback
data: beep
AlwaysDelete: Yes
Archive: Yes
"""
"""With a file to play in the place of FreePBX's AGI program: no call comes so far."""


def asterisk_rings(
    namespace: Namespace, folder: Path, install: Install, when: str, offsets_s: Sequence[float]
) -> Lateness:
    """Start an Asterisk, spool a call file for each offset, and time its INVITEs. Raises BenchError."""
    begins_utc = start_of_alarms_utc()
    exchange = RunningExchange(
        dataclasses.replace(describe_exchange("q"), address=OURS, telephones=(), trunks=(), connections=()),
        folder,
        install,
        namespace,
    )
    for name, text in {
        "pjsip": PJSIP_CONF,
        "extensions": EXTENSIONS_CONF,
        "rtp": "[general]\nrtpstart = 10000\nrtpend = 29999\n",
    }.items():
        (folder / "etc" / f"{name}.conf").write_text(text)
    with (folder / "etc/asterisk.conf").open("a") as file:
        file.write("maxfiles = 65536\n")
    (folder / "spool/outgoing_done").mkdir()
    with Rung(EXCHANGE, namespace.socket()) as rung:
        exchange.start()
        try:
            exchange.wait_booted()
            put_files(folder / "spool", begins_utc, offsets_s)
            late_ms = wait_for(rung, begins_utc, offsets_s)
        except AmiError as error:
            raise BenchError(str(error)) from error
        finally:
            exchange.kill()
    version = install.version.split("~")[0].split("+")[0]
    return Lateness(version, when, len(offsets_s), late_ms)


def put_files(spool: Path, begins_utc: datetime, offsets_s: Sequence[float]) -> None:
    """Write each file elsewhere, give it its time, and move it in, as the module does."""
    for n, offset_s in enumerate(offsets_s):
        due_utc_s = begins_utc.timestamp() + offset_s
        name = f"wuc.{due_utc_s:.0f}.ext.{number_of(n)}.call"
        (spool / "tmp" / name).write_text(CALL_FILE.format(number=number_of(n)))
        os.utime(spool / "tmp" / name, (due_utc_s, due_utc_s))
        if n == len(offsets_s) - 1:
            time.sleep((LAST_FILE_COMES_AT_S - time.time()) % 1)
        (spool / "tmp" / name).rename(spool / "outgoing" / name)
