"""The configuration files that are the same for every exchange of the lab."""

from pathlib import Path

from lab.asterisk.exchange import Exchange
from lab.asterisk.install import Install
from lab.asterisk.modules import LAB_MODULES, MIKOPBX_MODULES, QUICKSTART_MODULES
from lab.asterisk.tones import indications

from exchange.network.dialplan import Flavour

MANAGER_PORT = 5038
MANAGER_USER = "lab"
MANAGER_SECRET = "lab"  # noqa: S105
RTP_PORTS = (10000, 10200)
EMPTY_FILES = (
    "acl",
    "ccss",
    "cel",
    "confbridge",
    "pjproject",
    "pjsip_notify",
    "stasis",
    "websocket_client",
)


def write_common_files(exchange: Exchange, folder: Path, install: Install) -> None:
    """Write FOLDER/etc, all but pjsip.conf and extensions.conf, and the folders that Asterisk writes to."""
    for name in (
        "etc",
        "run",
        "log",
        "lib",
        "db",
        "keys",
        "agi",
        "spool/outgoing",
        "spool/tmp",
        "spool/monitor",
        "moh",
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "moh/silence.ulaw").write_bytes(b"\xff" * 8000)
    files = dict.fromkeys(EMPTY_FILES, "") | {
        "asterisk": _asterisk(folder, install),
        "modules": _modules(exchange, install),
        "rtp": f"[general]\nrtpstart = {RTP_PORTS[0]}\nrtpend = {RTP_PORTS[1]}\n",
        "udptl": "[general]\nudptlstart = 4000\nudptlend = 4999\nudptlfecentries = 3\nudptlfecspan = 3\n",
        "res_fax": "[general]\nmaxrate = 14400\nminrate = 4800\nmodems = v17,v27,v29\necm = yes\nstatusevents = yes\n",
        "logger": "[general]\n[logfiles]\nfull => notice,warning,error,verbose(3),dtmf,fax\n",
        "manager": _manager(exchange.address),
        "http": "[general]\nenabled = no\n",
        "features": _features(),
        "musiconhold": f"[default]\nmode = files\ndirectory = {folder}/moh\n",
        "cdr": "[general]\nenable = no\n",
        "indications": indications(),
    }
    for name, text in files.items():
        (folder / "etc" / f"{name}.conf").write_text(text)


def wanted_modules(exchange: Exchange) -> list[str]:
    """The names of the modules that this exchange loads."""
    wanted = f"{MIKOPBX_MODULES} {LAB_MODULES}"
    if exchange.flavour is Flavour.ASTERISK:
        wanted += f" {QUICKSTART_MODULES}"
    return wanted.split()


def _asterisk(folder: Path, install: Install) -> str:
    folders = {
        "astetcdir": folder / "etc",
        "astmoddir": install.modules,
        "astvarlibdir": folder / "lib",
        "astdbdir": folder / "db",
        "astkeydir": folder / "keys",
        "astdatadir": install.root / "usr/share/asterisk",
        "astagidir": folder / "agi",
        "astspooldir": folder / "spool",
        "astrundir": folder / "run",
        "astlogdir": folder / "log",
        "astsbindir": install.root / "usr/sbin",
    }
    lines = "".join(f"{name} => {path}\n" for name, path in folders.items())
    # without an Ethernet card, as in the lab's namespace, Asterisk wants to be told its entity id
    options = "verbose = 3\ndocumentation_language = en_US\nhideconnect = yes\nentityid = 02:00:00:00:00:01\n"
    return f"[directories]\n{lines}[options]\n{options}"


def _modules(exchange: Exchange, install: Install) -> str:
    there = [name for name in wanted_modules(exchange) if (install.modules / f"{name}.so").exists()]
    return "[modules]\nautoload = no\n" + "".join(f"load = {name}.so\n" for name in there)


def _manager(address: str) -> str:
    return f"""[general]
enabled = yes
bindaddr = {address}
port = {MANAGER_PORT}
[{MANAGER_USER}]
secret = {MANAGER_SECRET}
permit = 127.0.0.0/255.0.0.0
read = all
write = all
"""


def _features() -> str:
    """MikoPBX's feature codes: a star or a cross in a call may be kept back for these 2.5 seconds."""
    return "[general]\nfeaturedigittimeout = 2500\n[featuremap]\nblindxfer => ##\natxfer => **\ndisconnect => *0\n"
