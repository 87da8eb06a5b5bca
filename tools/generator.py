"""openapi-python-client, whose templates see all of the spec (facts.py), and with the modules that need no template.

`tools/sdk.py` starts it, with the arguments of openapi-python-client. It ends with REFUSED, and one line, where the
spec is nothing that the package can be made of.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import openapi_python_client
from openapi_python_client.cli import app

from derive import load
from facts import Facts, Refused
from printed import docstring, imports_of, literal

REFUSED = 3


class Package(openapi_python_client.Project):
    """The generator's own project, with more for the templates to see."""

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 - the generator's own
        super().__init__(**arguments)
        self.modules: Path = arguments["custom_template_path"]
        facts = Facts(load(Path(arguments["config"].document_source)), self.openapi.models)
        facts.operations(self.openapi.endpoint_collections_by_tag.values())
        self.openapi.models = [model for model in self.openapi.models if str(model.class_info.name) in facts.models]
        self.openapi.enums = []
        title = facts.document["info"]["title"]
        self.env.globals.update(
            operation=lambda endpoint: facts.calls[str(endpoint.name)],
            package_about=f"A client for the {title}.",
            schemes=facts.security_schemes,
            servers=facts.servers,
            shape=facts.shape,
            tag_description=facts.tag_description,
        )
        self.env.filters.update(
            docstring=docstring,
            imports_of=imports_of,
            literal=literal,
            operation=lambda endpoint: facts.calls[str(endpoint.name)],
        )

    def _build_models(self) -> None:
        super()._build_models()
        stub = self.env.get_template("models_init.pyi.jinja").render()
        (self.package_dir / "models" / "__init__.pyi").write_text(stub, encoding="utf-8")

    def _build_api(self) -> None:
        super()._build_api()
        template = self.env.get_template("tag.py.jinja")
        for tag, collection in self.openapi.endpoint_collections_by_tag.items():
            for module, prefix in (("_sync", ""), ("_async", "Async")):
                path = self.package_dir / "api" / tag / f"{module}.py"
                path.write_text(template.render(endpoint_collection=collection, prefix=prefix), encoding="utf-8")

    def _run_post_hooks(self) -> None:
        document = self.env.get_template("document.py.jinja").render()
        (self.package_dir / "document.py").write_text(document, encoding="utf-8")
        for module in self.modules.glob("*.py"):
            shutil.copyfile(module, self.package_dir / module.name)
        super()._run_post_hooks()


if __name__ == "__main__":
    openapi_python_client.Project = Package  # type: ignore[misc]
    try:
        app()
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        sys.exit(REFUSED)
