"""Fills a Word template with a brief's values: checked before, reproducible after.

The template is the firm's own document, so it is treated as input: it renders in a sandbox, an unknown placeholder is
named before anything is filled in, and values are escaped, so that `Smith & Co <x>` or `{{ 7*7 }}` in a client's
record come out as they were typed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from xl_rebal.briefs.context import BriefContext
from xl_rebal.briefs.placeholders import PLACEHOLDERS
from xl_rebal.briefs.zipped import with_fixed_dates
from xl_rebal.data import templates_dir
from xl_rebal.errors import TemplateError

_FILLED_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")


def shipped_template() -> Path:
    """The template that comes with the package."""
    return templates_dir() / "brief.docx"


def render_brief(context: BriefContext, template_path: Path | None = None) -> bytes:
    """The brief as .docx bytes: the same context and template give the same bytes.

    Raises TemplateError when the template can't be read, breaks the template language or uses a placeholder that does
    not exist; the message names it.
    """
    path = template_path or shipped_template()
    lint_template(path)
    environment = _environment()
    try:
        template = DocxTemplate(str(path))
        template.render(dict(context.values), environment, autoescape=True)
    except UndefinedError as error:
        raise TemplateError(
            f"The brief template {path.name} asks for something unknown: {error.message}."
        ) from error
    except SecurityError as error:
        raise TemplateError(
            f"The brief template {path.name} does what a template may not: {error}."
        ) from error
    except TemplateSyntaxError as error:
        raise _syntax_error(path, error) from error
    properties = template.docx.core_properties
    values = context.values
    properties.title = f"{values['client']}: rebalancing brief {values['quarter']}"[:255]
    properties.author = properties.last_modified_by = str(values["firm"])[:255]
    properties.created = properties.modified = datetime(1980, 1, 1)  # noqa: DTZ001  (Word wants one; no clock is read)
    properties.revision = 1
    buffer = io.BytesIO()
    template.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)


def lint_template(path: Path) -> None:
    """Raises TemplateError for the first placeholder of the template that `PLACEHOLDERS` does not have."""
    environment = _environment()
    for xml in _template_parts(path):
        try:
            tree = environment.parse(xml)
        except TemplateSyntaxError as error:
            raise _syntax_error(path, error) from error
        fault = next(_unknown(tree, dict(PLACEHOLDERS)), None)
        if fault:
            name, known = fault
            raise TemplateError(
                f"The brief template {path.name} uses the placeholder {{{{ {name} }}}}, which does not exist. "
                f"Correct it in Word; known here are: {', '.join(sorted(known))}."
            )


def _syntax_error(path: Path, error: TemplateSyntaxError) -> TemplateError:
    return TemplateError(
        f"The brief template {path.name} has a damaged placeholder: {error.message}. "
        "Check in Word that every {{ and {% has its end, and every for and if its endfor and endif."
    )


def _template_parts(path: Path) -> list[str]:
    """The XML of body, headers and footers with placeholders that Word split over runs put together again."""
    if not path.is_file():
        raise TemplateError(f"The brief template {path} is missing.")
    try:
        template = DocxTemplate(str(path))
        template.init_docx()
        parts = [template.patch_xml(template.get_xml())]
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if _FILLED_PARTS.fullmatch(name) and name != "word/document.xml":
                    parts.append(template.patch_xml(archive.read(name).decode("utf-8")))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, PackageNotFoundError) as error:
        raise TemplateError(
            f"The brief template {path} is not a Word document that can be read: {error}."
        ) from error
    return parts


def _unknown(node: nodes.Node, scope: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(placeholder, names known in its place) of every placeholder that the schema in `scope` lacks."""
    if isinstance(node, nodes.For):
        yield from _unknown(node.iter, scope)
        items = _schema_of(node.iter, scope)
        inner = dict(scope) | {"loop": None}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = items[0] if isinstance(items, list) and items else None
        for child in (*node.body, *node.else_):
            yield from _unknown(child, inner)
        return
    if isinstance(node, nodes.Getattr):
        owner = _schema_of(node.node, scope)
        if isinstance(owner, Mapping) and node.attr not in owner:
            yield f"{_spelled(node.node)}.{node.attr}", tuple(f"{_spelled(node.node)}.{key}" for key in owner)
            return
    if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in scope:
        yield node.name, tuple(scope)
    for child in node.iter_child_nodes():
        yield from _unknown(child, scope)


def _schema_of(node: nodes.Node, scope: Mapping[str, Any]) -> Any:
    """What the schema says of a name or an attribute chain; None when it says nothing."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name)
    if isinstance(node, nodes.Getattr):
        owner = _schema_of(node.node, scope)
        return owner.get(node.attr) if isinstance(owner, Mapping) else None
    return None


def _spelled(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_spelled(node.node)}.{node.attr}"
    return "..."
