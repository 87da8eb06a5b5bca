"""What an editor offers behind a dot, by jedi, which many of them and IPython ask: public names, and all of them."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

import torus_connect
from torus_connect import TorusConnect
from torus_connect_api.api.account import Account
from torus_connect_api.api.market import Market
from torus_connect_api.models import Holding

pytestmark = pytest.mark.toolchain  # `make typecheck`

ROOT = Path(__file__).parents[2]
PROGRAM = """
import torus_connect
from torus_connect import TorusConnect

torus = TorusConnect()
session = torus.generate_session("demo-request-token")
me = torus.account(session)
row = me.holdings()[0]
"""


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """In the cache of the machine, one worker would read a file that another has half written."""
    import jedi

    jedi.settings.cache_directory = tmp_path_factory.mktemp("jedi")


def offered(before_the_dot: str) -> set[str]:
    code = f"{PROGRAM}{before_the_dot}."
    import jedi

    project = jedi.Project(ROOT, added_sys_path=[str(ROOT / "overrides"), str(ROOT / "generated")])
    return {each.name for each in jedi.Script(code, project=project).complete() if not each.name.startswith("_")}


def public(thing: object) -> set[str]:
    return {name for name, _ in inspect.getmembers_static(thing) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("before_the_dot", "there"),
    [
        ("torus", TorusConnect),
        ("me", Account),
        pytest.param("session", torus_connect.Session, marks=pytest.mark.soak),
        pytest.param("torus.market", Market, marks=pytest.mark.soak),
        pytest.param("row", Holding, marks=pytest.mark.soak),
    ],
)
def test_what_an_editor_offers(before_the_dot: str, there: object) -> None:
    assert public(there) - offered(before_the_dot) == set()


def test_of_the_package_it_offers_public_names_and_modules() -> None:
    modules = {path.stem for path in Path(torus_connect.__file__).parent.iterdir()}
    others = offered("torus_connect") - modules - {"TYPE_CHECKING"}  # which is how it knows the names at all
    assert others == set(torus_connect.__all__) - {"__version__"}
