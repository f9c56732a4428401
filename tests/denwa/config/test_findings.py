"""Each error of a configuration is told with its place, its key and what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support.made_up_services import MADE_UP

from denwa.config.findings import ConfigurationError, Finding
from denwa.config.load import load

pytestmark = pytest.mark.unit
Findings = Callable[[str], list[Finding]]

HOME = '[exchanges.home]\nhost = "192.0.2.10"\n'
SERVICES = '[extensions.services]\nexchange = "home"\nuser = "7000"\npassword = "x"\n'


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("[sip]\nport = 99999\n", 2, "sip.port", "give at most 65535"),
        ("[sip]\nport = 0\n", 2, "sip.port", "give at least 1"),
        ('[sip]\nport = "many"\n', 2, "sip.port", "'many' is no whole number"),
        ("[sip]\nport = 1.5\n", 2, "sip.port", "no whole number"),
        ("[sip]\naddress = 3\n", 2, "sip.address", 'write it in quotes: "3"'),
        ('[sip]\n\naddress = "::1"\n', 3, "sip.address", "no IPv4 address"),
        ('[sip]\naddress = "300.1.1.1"\n', 2, "sip.address", "no IPv4 address"),
        ('language = "fr"\n', 1, "language", "'ja' or 'en'"),
        ('[log]\nlevel = "verbose"\n', 2, "log.level", "'debug', 'info', 'warning' or 'error'"),
        ('sip = "here"\n', 1, "sip", "write a table: [sip]"),
        ("exchanges = 1\n", 1, "exchanges", "write a table: [exchanges]"),
        ('[exchanges.home]\nhost = "a b"\n', 2, "exchanges.home.host", "without port"),
        ('[exchanges.home]\nhost = "pbx:5060"\n', 2, "exchanges.home.host", "without port"),
        (f"{HOME}prefixes = 7\n", 3, "exchanges.home.prefixes", "write a list"),
        (f'{HOME}prefixes = [\n  "732",\n  "7a",\n]\n', 5, "exchanges.home.prefixes.1", "cannot be dialled"),
        (f'{HOME}transport = "tls"\n', 3, "exchanges.home.transport", "'udp' or 'tcp'"),
        (f'{HOME}hop_prefix = ""\n', 3, "exchanges.home.hop_prefix", "at least one digit"),
        ('[exchanges."My House"]\nhost = "a"\n', 1, 'exchanges."My House"', "small letters"),
        (f"{HOME}{SERVICES}expires_s = 59\n", 7, "extensions.services.expires_s", "at least 60"),
        (
            f'{HOME}{SERVICES}numbers = {{"11Q" = "mirror"}}\n',
            7,
            "extensions.services.numbers.11q",
            'such as "7XXXX"',
        ),
        (
            f'{HOME}[extensions.services]\nuser = "7"\n',
            3,
            "extensions.services.exchange",
            "add a line: exchange",
        ),
        ('[extensions.s]\nuser = "a b"\nexchange = "x"\n', 2, "extensions.s.user", "SIP user"),
        ("[trust]\nper_source = [3]\n", 2, "trust.per_source", "two whole numbers"),
        ("[trust]\nper_source = [3, 2]\n", 2, "trust.per_source", "not less than that of the hour"),
        ("[trust]\nper_trunk = 4\n", 2, "trust.per_trunk", "4 is no pair"),
        ("[trust]\nin_all = [0, 1]\n", 2, "trust.in_all", "from 1 on"),
        ("[trust]\nhop_depth = 0\n", 2, "trust.hop_depth", "at least 1"),
        ("[trust]\nproving_hours = [22, 7]\n", 2, "trust.proving_hours", "the second one greater"),
        ("[trust]\nproving_hours = [7, 25]\n", 2, "trust.proving_hours", "no pair of hours"),
        ('[trust]\nzone = "Mars/Base"\n', 2, "trust.zone", "unknown time zone"),
        (f'{HOME}[trust]\nallow = {{home = ["0a"]}}\n', 4, "trust.allow.home.0", "cannot be dialled"),
        ("[speaking]\nminutes = 61\n", 2, "speaking.minutes", "at most 60"),
        ("[speaking]\ngain = 4.0\n", 2, "speaking.gain", "less than 4"),
        ("[speaking]\ngain = 0\n", 2, "speaking.gain", "more than 0"),
        ('[speaking]\ngain = "loud"\n', 2, "speaking.gain", "no number"),
        ('[speaking]\nloud = "perhaps"\n', 2, "speaking.loud", "true or false"),
    ],
)
def test_a_wrong_value_is_told_with_its_line_and_remedy(
    findings: Findings, tmp_path: Path, text: str, line: int, key: str, says: str
):
    (finding,) = findings(text)
    assert finding.where == f"{tmp_path / 'denwa.toml'}:{line}"
    assert finding.key == key
    assert says in finding.say("en")


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        ("prot = 1\n", 1, "prot", "known here: language, sip"),
        ("[sip]\nprot = 1\n", 2, "sip.prot", "did you mean port?"),
        ("[spi]\nport = 1\n", 1, "spi", "did you mean sip?"),
        ("[speeking]\n", 1, "speeking", "did you mean speaking?"),
        ("[speaking]\nminuts = 1\n", 2, "speaking.minuts", "did you mean minutes?"),
        ("[mirror]\nx = 1\n", 2, "mirror.x", "there is no such key"),
        (f"{HOME}hots = 1\n", 3, "exchanges.home.hots", "did you mean host?"),
        ('_env_file = "x"\n', 1, "_env_file", "there is no such key"),
    ],
)
def test_an_unknown_key_is_an_error(
    findings: Findings, tmp_path: Path, text: str, line: int, key: str, says: str
):
    (finding,) = findings(text)
    assert (finding.where, finding.key) == (f"{tmp_path / 'denwa.toml'}:{line}", key)
    assert says in finding.say("en")


@pytest.mark.parametrize(
    ("text", "line", "key", "says"),
    [
        (SERVICES, 2, "extensions.services.exchange", "write a table [exchanges.home]"),
        (
            f'{HOME}{SERVICES}[extensions.services.numbers]\n"117" = "speeking"\n',
            8,
            "extensions.services.numbers.117",
            "write one of: speaking",
        ),
        (
            f'{HOME}{SERVICES}[extensions.services.numbers]\n"1X" = "mirror"\n"1x" = "speaking"\n',
            9,
            "extensions.services.numbers.1x",
            "1x and 1X are the same number",
        ),
        (
            f'{HOME}{SERVICES}[extensions.services.numbers]\n"1[2-4]" = "mirror"\n"1[4-6]" = "speaking"\n',
            9,
            'extensions.services.numbers."1[4-6]"',
            "make one of them narrower",
        ),
        (
            f'{HOME}{SERVICES}[extensions.more]\nexchange = "home"\nuser = "7000"\npassword = "y"\n',
            9,
            "extensions.more.user",
            "[extensions.services] registers as the same user",
        ),
        (f'{HOME}{SERVICES}[trust]\nallow = {{away = ["1"]}}\n', 8, "trust.allow.away", "name one of: home"),
        (f'{HOME}{SERVICES}[trust.deny]\naway = ["1"]\n', 8, "trust.deny.away", "no exchange named away"),
        ("[limits.services]\nclok = 3\n", 2, "limits.services.clok", "write one of: speaking, mirror"),
        (
            f'{HOME}[extensions.services]\nexchange = "home"\nuser = "7"\n',
            3,
            "extensions.services.password",
            "denwa_extensions__services__password",
        ),
        (f'{HOME}{SERVICES}password_file = "x"\n', 7, "extensions.services.password_file", "keep one"),
    ],
)
def test_tables_that_do_not_fit_together_are_told(
    findings: Findings, tmp_path: Path, text: str, line: int, key: str, says: str
):
    (finding,) = findings(text)
    assert (finding.where, finding.key) == (f"{tmp_path / 'denwa.toml'}:{line}", key)
    assert says in finding.say("en")


def test_ranges_of_the_same_service_may_overlap(findings: Findings, tmp_path: Path):
    path = tmp_path / "denwa.toml"
    path.write_text(f'{HOME}{SERVICES}numbers = {{"1[2-4]" = "mirror", "1[4-6]" = "mirror"}}\n')
    assert load(path, MADE_UP).warnings == ()


def test_all_errors_are_told_at_once(findings: Findings):
    found = findings('language = "xx"\n[sip]\nport = 0\nadress = ""\n[log]\nlevel = 1\n')
    assert [finding.key for finding in found] == ["language", "sip.port", "sip.adress", "log.level"]


def test_an_exchange_that_nothing_registers_at_is_a_warning(tmp_path: Path):
    path = tmp_path / "denwa.toml"
    path.write_text(HOME)
    (warning,) = load(path, MADE_UP).warnings
    assert 'exchange = "home"' in warning.say("en")
    assert "warning" in warning.say("en")
    assert "注意" in warning.say("ja")


@pytest.mark.parametrize("wrong", ["[1", "12345", '{a = "secret"}'])
def test_a_wrong_password_is_never_shown(findings: Findings, wrong: str):
    text = f'{HOME}[extensions.services]\nexchange = "home"\nuser = "7000"\npassword = {wrong}\n'
    said = "\n".join(finding.say("en") for finding in findings(text))
    assert "12345" not in said
    assert "secret" not in said


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.is_file(), "No such file or directory"),
        (lambda path: path.write_text("\nsecond line\n"), "the first line of"),
        (lambda path: path.write_bytes(b"\xff\xfe"), "not UTF-8"),
        (lambda path: path.mkdir(), "Is a directory"),
    ],
)
def test_a_password_file_that_gives_none_is_told(
    findings: Findings, tmp_path: Path, make: Callable[[Path], object], says: str
):
    make(tmp_path / "secret")
    text = f'{HOME}[extensions.s]\nexchange = "home"\nuser = "7"\npassword_file = "secret"\n'
    (finding,) = findings(text)
    assert finding.key == "extensions.s.password_file"
    assert says in finding.say("en")
    assert str(tmp_path / "secret") in finding.say("ja")


@pytest.mark.parametrize(
    ("raw", "line", "says"),
    [
        (b"[sip]\nport = \n", 2, "is not TOML"),
        (b"[sip]\nport = 1\nport = 2\n", 3, "is not TOML"),
        (b'a = """\n\n', 2, "is not TOML"),
        (b"# \x83\x65\n", 1, "is not UTF-8"),
        (b"\n\n[sip]\n# \xff\n", 4, "is not UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line(tmp_path: Path, raw: bytes, line: int, says: str):
    path = tmp_path / "denwa.toml"
    path.write_bytes(raw)
    with pytest.raises(ConfigurationError) as caught:
        load(path, MADE_UP)
    (finding,) = caught.value.findings
    assert finding.where == f"{path}:{line}"
    assert says in finding.say("en")


def test_a_file_that_cannot_be_one_is_refused_unread(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        load(tmp_path / "folder", MADE_UP)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(ConfigurationError, match="larger than 1 MiB"):
        load(large, MADE_UP)


# -- variables --


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("DENWA_SIP__PROT", "did you mean DENWA_SIP__PORT?"),
        ("DENWA_SIP_PORT", "did you mean DENWA_SIP__PORT?"),
        ("DENWA_SPEAKING_MINUTES", "did you mean DENWA_SPEAKING__MINUTES?"),
        ("DENWA_EXCHANGES__HOME__HOTS", "did you mean DENWA_EXCHANGES__HOME__HOST?"),
        ("DENWA_QQQQQQQQQQ", "two underscores"),
        ("DENWA_", "unset it"),
        ("DENWA_SIP__", "did you mean DENWA_SIP?"),
        ("denwa_langage", "did you mean DENWA_LANGUAGE?"),
    ],
)
def test_a_misspelt_variable_is_an_error(
    findings: Findings, monkeypatch: pytest.MonkeyPatch, name: str, says: str
):
    monkeypatch.setenv(name, "5060")
    (finding,) = findings(HOME)
    assert finding.where == f"${name}"
    assert says in finding.say("en")


def test_a_misspelt_variable_is_told_beside_the_files_errors(
    findings: Findings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DENWA_SPI__PORT", "5060")
    assert [finding.key for finding in findings("[sip]\nport = 0\n")] == ["", "sip.port"]


def test_a_wrong_value_of_a_variable_is_told_by_its_name(findings: Findings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DENWA_SIP__PORT", "many")
    (finding,) = findings("[sip]\nport = 5060\n")
    assert (finding.where, finding.key) == ("$DENWA_SIP__PORT", "sip.port")


def test_a_table_in_a_variable_must_be_json(findings: Findings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DENWA_EXCHANGES__HOME__PREFIXES", "732,767")
    (finding,) = findings(HOME)
    assert finding.where == "$DENWA_EXCHANGES__HOME__PREFIXES"
    assert "JSON" in finding.say("en")


def test_a_key_that_only_a_variables_table_lacks_is_told_by_the_variable(
    findings: Findings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DENWA_EXCHANGES__AWAY__PORT", "5070")
    (finding,) = findings("")
    assert (finding.where, finding.key) == ("$DENWA_EXCHANGES__AWAY__PORT", "exchanges.away.host")


def test_a_misspelt_credential_is_an_error(
    findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "denwa_extensions__services__pasword").write_text("hush")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(folder))
    (finding,) = findings(f"{HOME}{SERVICES}")
    assert finding.where == "$CREDENTIALS_DIRECTORY/denwa_extensions__services__pasword"
    assert "did you mean denwa_extensions__services__password?" in finding.say("en")
    assert "hush" not in finding.say("en")


def test_every_finding_can_be_said_in_japanese(findings: Findings):
    for finding in findings('language = "xx"\nzzz = 1\n[sip]\nport = 0\naddress = "x"\n'):
        said = finding.say("ja")
        assert "エラー" in said
        assert "{" not in said


@pytest.mark.parametrize("wrong", ["12345", '"mysql://u:secret@h/d"', '{a = "secret"}', '"secret"', '""'])
def test_a_wrong_url_of_the_database_is_told_and_never_shown(findings: Findings, wrong: str):
    (finding,) = findings(f"[store]\nurl = {wrong}\n")
    assert finding.key == "store.url"
    assert finding.where.endswith(":2")
    for language in ("ja", "en"):
        said = finding.say(language)
        assert "12345" not in said
        assert "secret" not in said


def test_a_url_and_a_file_with_one_are_too_many(findings: Findings):
    (finding,) = findings('[store]\nurl = "sqlite:////x/y.db"\nurl_file = "x"\n')
    assert (finding.key, finding.where.rpartition(":")[2]) == ("store.url_file", "3")


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "first line"), ("mysql://u:secret@h/d", "write sqlite:////FOLDER"), (None, "read")],
)
def test_a_file_without_a_url_is_told(findings: Findings, tmp_path: Path, text: str | None, says: str):
    if text is not None:
        (tmp_path / "url").write_text(text)
        (tmp_path / "url").chmod(0o600)
    (finding,) = findings('[store]\nurl_file = "url"\n')
    assert finding.key == "store.url_file"
    assert says in finding.say("en")
    assert "secret" not in finding.say("en")
