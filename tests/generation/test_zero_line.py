"""An operation that is written into the spec is, after `make sdk` and nothing else, a typed and safe call."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.once import once
from support.openapi import check_openapi
from support.operations import PATHS, document

import derive
from torus_connect import TorusConnect
from torus_connect.sandbox import Sandbox
from torus_connect_api.api.session import generate_session as operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generation.conftest import Workshop

REPOSITORY = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("calls_of_a_copy.py")
WANTED = "placeOrder needs the credential AccessToken: pass it to with_credentials, and call by what that returns"
ROWS = [WANTED, [["DEMO00000000", 3, "14.65"]], ["1.5"], "one stock", ["all stocks"], "demo-1", "demo"]


def with_every_example() -> dict[str, Any]:
    whole = document()
    content = whole["paths"]["/funds/"]["get"]["responses"]["200"]["content"]
    content["application/json"]["example"] = {"amount": 1}  # without one, `make sdk` refuses it
    return whole


def enlarged() -> dict[str, Any]:
    """Return a copy of the spec with a call of each kind; bodies have the fields of their `data` as arguments."""
    whole = with_every_example()
    for item in whole["paths"].values():
        for each in item.values():
            content = each.get("requestBody", {}).get("content", {}).get("application/json", {})
            data = content.get("schema", {}).get("properties", {}).get("data")
            if data:
                data["x-flatten"] = True
    return whole


@pytest.fixture(scope="module")
def copy(pristine: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """What `make sdk` makes of the copy."""

    def make(root: Path) -> None:
        workshop = pristine.copy(root)
        workshop.spec.write_text(derive.as_yaml(enlarged()), encoding="utf-8")
        run = workshop.run()
        assert (run.returncode, run.stderr) == (0, "")

    root = once(tmp_path_factory, "generation-copy", make)
    return type(pristine)(root)


def check_outputs(workshop: Workshop, spec: dict[str, Any]) -> None:
    written = {name: content.decode() for name, content in workshop.tree().items()}
    assert json.loads(written["torus.json"]) == spec
    check_openapi(json.loads(written["torus.dereferenced.json"]))
    edition = json.loads(written["torus-3.1.json"])
    check_openapi(edition)
    assert edition["paths"].keys() == spec["paths"].keys()
    assert edition["components"]["schemas"]["Holding"]["properties"]["ltp"] == {"type": ["number", "null"]}
    for each in (each for item in PATHS.values() for each in item.values()):
        assert f'data-key="call {each["operationId"]}"' in written["reference.html"]


def test_every_output_has_them(copy: Workshop) -> None:
    check_outputs(copy, enlarged())


@pytest.mark.soak
def test_every_output_has_them_where_bodies_are_not_flattened(workshop: Workshop) -> None:
    workshop.spec.write_text(derive.as_yaml(with_every_example()), encoding="utf-8")
    run = workshop.run()
    assert (run.returncode, run.stderr) == (0, "")
    check_outputs(workshop, with_every_example())


def test_each_is_called_and_its_reply_is_set_in_the_sandbox_of_the_copy(copy: Workshop) -> None:
    run = subprocess.run(
        [sys.executable, PROGRAM, copy.output / "torus.json"],
        env=os.environ | {"PYTHONPATH": str(copy.output)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == [ROWS, ROWS, [*ROWS[:2], ["2.5", "3.5"], *ROWS[3:]]]


ADDED = ("holdings", "report", "stock", "stocks", "placeOrder", "partnerStatus")


@pytest.fixture(scope="module")
def environment(copy: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a program finds that uses the package of the copy: the sandbox of the copy, and a session that is kept."""
    store = f"file:{tmp_path_factory.mktemp('sessions')}"
    with (
        Sandbox(document=copy.output / "torus.json") as sandbox,
        TorusConnect(**sandbox.credentials, store=store) as torus,
    ):
        session = torus.session(login=lambda *_: sandbox.issue_request_token())
        yield os.environ | {
            "PYTHONPATH": str(copy.output),
            "TORUS_ACCESS_TOKEN": session.access_token,
            "TORUS_API_KEY": sandbox.api_key,
            "TORUS_BASE_URL": sandbox.base_url,
            "TORUS_PARTNER_KEY": "demo-partner-key",
            "TORUS_SESSION_STORE": store,
        }


# Runs programs one after the other, each in a process of its own; what they have in common is imported once.
RUN_ALL = """
import json, os, runpy, sys
from tempfile import TemporaryFile
import attr, dateutil.parser, h11, torus_connect.cli
from torus_connect import TorusConnect
done = []
for arguments in json.load(sys.stdin):
    with TemporaryFile("w+") as out, TemporaryFile("w+") as err:
        pid = os.fork()
        if not pid:
            os.dup2(out.fileno(), 1), os.dup2(err.fileno(), 2)
            sys.argv = arguments
            if arguments[0] == "torus-connect":
                sys.exit(torus_connect.cli.main())
            runpy.run_path(arguments[0], run_name="__main__")
            sys.exit()
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        done.append([code, *(file.seek(0) or file.read() for file in (out, err))])
print(json.dumps(done))
"""


def run_all(programs: list[list[str]], environment: dict[str, str]) -> list[list[Any]]:
    """Return the exit code of each program, what it printed, and what it said on standard error."""
    run = subprocess.run(
        [sys.executable, "-c", RUN_ALL],
        input=json.dumps(programs),
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    done: list[list[Any]] = json.loads(run.stdout)
    return done


COMMANDS = {
    "a read": (("holdings", "segment=E", 'isins=["demo"]', "with-lots=true"), "14.65"),
    "a GET": (("report", "company_code=a b", "year=2024", "page=1"), "1.5"),
    "a public one": (("stocks", "q=TCS"), "all stocks"),
    "an order": (("place_order", "security_id=14366", "quantity=1"), "demo-1"),
}


def test_each_is_a_command(environment: dict[str, str]) -> None:
    read = {name: value for name, value in environment.items() if name != "TORUS_PARTNER_KEY"}  # the samples read that
    done = run_all([["torus-connect", "call", *command] for command, _ in COMMANDS.values()], read)
    for what, (_, expected), (code, out, err) in zip(COMMANDS, COMMANDS.values(), done, strict=True):
        assert (code, err) == (0, ""), what
        assert expected in out, what


def test_each_has_a_sample_in_the_pack_that_runs(copy: Workshop, environment: dict[str, str]) -> None:
    words = [re.sub(r"([A-Z])", r"_\1", name).lower() for name in ADDED]
    assert [word for word in words if not (copy.output / "samples" / f"{word.replace('_', '-')}.sh").is_file()] == []
    done = run_all([[str(copy.output / "samples" / f"{word}.py")] for word in words], environment)
    for name, (code, out, err) in zip(ADDED, done, strict=True):
        assert code == 0, err
        assert out, name


def test_each_is_on_the_reference_page_and_on_that_of_its_tag(copy: Workshop) -> None:
    page = (copy.output / "reference.html").read_text(encoding="utf-8")
    for item in document()["paths"].values():
        for each in item.values():
            if each["operationId"] in ADDED:
                of_tag = (copy.output / "pages" / f"{each['tags'][0]}.md").read_text(encoding="utf-8")
                assert f"## {each['summary']}: `" in of_tag
                assert f"operation `{each['operationId']}` of the spec" in of_tag
                assert f"{each['summary']}" in page


def test_each_is_in_every_form_of_the_document(copy: Workshop) -> None:
    forms = [copy.output / "torus.json", *copy.output.glob("torus?*.json")]
    assert len(forms) == 4
    for form in forms:
        paths = json.loads(form.read_text(encoding="utf-8"))["paths"].values()
        assert {each["operationId"] for item in paths for each in item.values()} >= set(ADDED)


@pytest.mark.toolchain  # `make typecheck`
@pytest.mark.parametrize(
    "checker",
    [
        ("basedpyright", "--level", "error"),
        pytest.param(("mypy", "--strict", "--no-incremental"), marks=pytest.mark.soak),
    ],
)
def test_the_calling_code_has_types(copy: Workshop, tmp_path: Path, checker: tuple[str, ...]) -> None:
    where = [str(copy.output), str(REPOSITORY / "overrides")]
    (tmp_path / "pyrightconfig.json").write_text(
        json.dumps({"extraPaths": where, "typeCheckingMode": "standard", "venvPath": "/", "pythonPlatform": "Linux"})
    )
    program = tmp_path / PROGRAM.name
    program.write_text(PROGRAM.read_text(encoding="utf-8"), encoding="utf-8")
    mistaken = tmp_path / "mistaken.py"
    mistaken.write_text(
        program.read_text(encoding="utf-8").replace(
            'security_id="14366", quantity="1"', 'security_id=14366, quantity="1"'
        )
    )
    # Both in one run: what they import is read once.
    run = subprocess.run(
        [Path(sys.executable).with_name(checker[0]), *checker[1:], program.name, mistaken.name],
        cwd=tmp_path,
        env=os.environ | {"MYPYPATH": os.pathsep.join(where)},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in run.stdout.splitlines() if " error: " in line]
    assert run.returncode == 1, run.stderr
    assert len(errors) == program.read_text().count('security_id="14366", quantity="1"'), run.stdout
    assert all(mistaken.name in line and "security_id" in line for line in errors), run.stdout


def test_a_session_is_generated_by_the_generated_request_and_reader() -> None:
    called: list[str] = []
    generated = {
        operation.request.__code__: "request",
        operation.json_body.__code__: "json_body",
        operation.read_access_token.__code__: "read_access_token",
    }

    def trace(frame: Any, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code in generated:
            called.append(generated[frame.f_code])

    with Sandbox() as sandbox, TorusConnect(**sandbox.credentials) as torus:
        token = sandbox.issue_request_token()
        before = sys.getprofile()
        sys.setprofile(trace)
        try:
            torus.generate_session(token)
        finally:
            sys.setprofile(before)
    assert called == ["json_body", "request", "read_access_token"]
