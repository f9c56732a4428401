"""Where the database is."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from denwa.config.models import Store
from denwa.state import database_of, state_folder
from store.database import database_url

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/u"}, "/home/u/.local/state/denwa"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": "/var/state"}, "/var/state/denwa"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": "not/absolute"}, "/home/u/.local/state/denwa"),
        ({"HOME": "/home/u", "XDG_STATE_HOME": ""}, "/home/u/.local/state/denwa"),
        ({"STATE_DIRECTORY": "/var/lib/denwa", "XDG_STATE_HOME": "/x"}, "/var/lib/denwa"),
        ({"STATE_DIRECTORY": "/var/lib/denwa:/var/lib/other"}, "/var/lib/denwa"),
    ],
)
def test_the_state_folder_is_systemds_then_the_users(environment: dict[str, str], folder: str):
    assert state_folder(environment) == Path(folder)


@pytest.mark.parametrize("home", ["/home/u", "/home/a b", "/home/電話", "/home/100%25?x=1#y"])
def test_the_file_is_found_whatever_its_folders_name(home: str):
    url = database_url(database_of(Store(), {"HOME": home}))
    assert url.database == f"{home}/.local/state/denwa/denwa.db"


def test_a_url_that_is_configured_goes_before_all():
    store = Store(url=SecretStr("postgresql://u:p@h/d"))
    assert database_of(store, {"STATE_DIRECTORY": "/x"}) == "postgresql://u:p@h/d"
    assert "p@h" not in repr(store)
