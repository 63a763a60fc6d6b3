"""Fills a Word template with a document's values: checked before, reproducible after.

The template is the firm's own document, so it is treated as input: it renders in a sandbox, an unknown placeholder is
named before anything is filled in, and values are escaped, so that `Smith & Co <x>` or `{{ 7*7 }}` in a client's
record come out as they were typed.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from docx.opc.coreprops import CoreProperties
from docx.opc.exceptions import PackageNotFoundError
from docx.opc.oxml import serialize_part_xml
from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, nodes
from jinja2.exceptions import SecurityError, TemplateRuntimeError
from jinja2.sandbox import SandboxedEnvironment

from xl_rebal.briefs import lint
from xl_rebal.briefs.colors import Palette
from xl_rebal.briefs.context import BriefContext
from xl_rebal.briefs.kinds import BRIEF, Kind, kind_of, missing, refuse
from xl_rebal.briefs.pictures import EMBEDDED, pictures_in, relationships
from xl_rebal.briefs.word_file import SAVE_AS, UNUSED_FORMS, why_not_word
from xl_rebal.briefs.zipped import zipped
from xl_rebal.data import templates_dir
from xl_rebal.errors import TemplateError

_FILLED_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")


_UNREADABLE = (KeyError, ValueError, AttributeError, SyntaxError, zipfile.BadZipFile, PackageNotFoundError)
"""What python-docx and lxml raise on a file that is no Word document, or a damaged one (an XML fault is a SyntaxError)."""


def shipped_template(kind: Kind = BRIEF) -> Path:
    """The template that comes with the package."""
    return templates_dir() / kind.file


def template_beside(workbook: Path | None, kind: Kind) -> Path:
    """The firm's own template in `templates` beside its workbook, else the shipped one.

    Raises TemplateError where the firm's own is there in a form that is not used, such as `brief.docm`.
    """
    if workbook is None:
        return shipped_template(kind)
    own = workbook.resolve().parent / "templates" / kind.file
    if own.is_file():
        return own
    for other in map(own.with_suffix, UNUSED_FORMS):
        if other.is_file():
            raise TemplateError(
                f"The {kind.name} template {other} is not used, as it is no .docx. {SAVE_AS} as {own.name} in the same folder, "
                "or take it away to use the shipped one."
            )
    return shipped_template(kind)


def render_brief(context: BriefContext, template_path: Path | None = None, kind: Kind = BRIEF) -> bytes:
    """The document as .docx bytes: the same context and template give the same bytes.

    Raises TemplateError when the template can't be read, breaks the template language or uses a placeholder that does
    not exist; the message names it and the text around it.
    """
    path = template_path or shipped_template(kind)
    return _filled(_checked(path, kind, context.look.palette), context.values, kind, path.name)


def _filled(template: _Template, values: Mapping[str, Any], kind: Kind, name: str) -> bytes:
    """The template with these values. Raises TemplateError for what only shows when a placeholder is worked out."""
    try:
        return template.filled(values)
    except UndefinedError as error:
        raise refuse(kind, name, (f"asks for something unknown: {error.message}.",)) from error
    except SecurityError as error:
        raise refuse(kind, name, (f"does what a template may not: {str(error).rstrip('.')}.",)) from error
    except TemplateSyntaxError as error:
        raise refuse(kind, name, (_damaged(error),)) from error
    except (
        ArithmeticError,
        TypeError,
        ValueError,
        LookupError,
        RecursionError,
        TemplateRuntimeError,
    ) as error:
        fault = (
            f"has a placeholder that can't be worked out ({error}). Write names from PLACEHOLDERS.md only."
        )
        raise refuse(kind, name, (fault,)) from error


def lint_template(path: Path, kind: Kind = BRIEF) -> None:
    """Raises TemplateError with everything that is wrong with a template, a line each.

    It is filled once with the meanings of its placeholders, so that what only fails in filling stops no client's brief.
    """
    template = _checked(path, kind)
    absent = missing(kind, template.used)
    if absent:
        listed = ", ".join(absent)
        raise refuse(
            kind, path.name, (f"does not show what a {kind.name} must: {listed}. Add them in Word.",)
        )
    _filled(template, kind.placeholders, kind, path.name)


def used_placeholders(path: Path, kind: Kind = BRIEF) -> frozenset[str]:
    """Names of the kind's placeholders that the template shows anywhere."""
    return _checked(path, kind).used


def unused_placeholders(path: Path, kind: Kind = BRIEF) -> tuple[str, ...]:
    """Names of the kind's placeholders that the template does not show, `drift.bar` for a picture of a list's rows."""
    return _checked(path, kind).unused


def statements(path: Path, kind: Kind = BRIEF) -> tuple[str, ...]:
    """Sentences of the template's footers that hold no placeholder: what the firm says on every document."""
    return _checked(path, kind).statements


def likely_kind(path: Path) -> Kind:
    """The kind of document that a template is meant for, by the placeholders in it; a brief when nothing tells."""
    try:
        with zipfile.ZipFile(path) as package:
            parts = [package.read(name) for name in package.namelist() if _FILLED_PARTS.fullmatch(name)]
        names = {name for xml in parts for p in lint.paragraphs(xml) for name in re.findall(r"\w+", p.text)}
    except (OSError, ValueError, zipfile.BadZipFile, SyntaxError):
        return BRIEF  # the check says what is wrong
    return kind_of(frozenset(names))


def _checked(path: Path, kind: Kind, palette: Palette | None = None) -> _Template:
    """The template at `path` in the palette's tones, read and checked; one read before and not changed is not read again."""
    if not path.is_file():
        raise TemplateError(f"The {kind.name} template {path} is missing.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TemplateError(
            f"The {kind.name} template {path} can't be read ({error.strerror or error}). Close it in other programs, or "
            "correct its permissions."
        ) from error
    try:
        return _Template.of(content, path.name, kind, palette or Palette())
    except _UNREADABLE as error:
        why = (
            why_not_word(content)
            or f"is damaged ({error}). Save it again in Word, or take a copy from before."
        )
        raise TemplateError(f"The {kind.name} template {path} {why}") from error


def _damaged(error: TemplateSyntaxError) -> str:
    return (
        f"has a damaged placeholder: {error.message}. Check in Word that every {{{{ and {{% has its end, and every for and "
        "if its endfor and endif."
    )


class _Environment(SandboxedEnvironment):
    """A sandbox that compiles each text once: docxtpl compiles at every rendering, and 300 briefs share one template."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        del self.filters["safe"]  # a value that is not escaped breaks the document at the first `Smith & Co`
        self._compiled: dict[str, Template] = {}

    def from_string(self, source: Any, *args: Any, **kwargs: Any) -> Template:
        if source not in self._compiled:
            self._compiled[source] = super().from_string(source, *args, **kwargs)
        return self._compiled[source]


_PROPERTIES = ("author", "comments", "identifier", "language", "subject", "title")
"""Properties of the document in which docxtpl fills placeholders."""
_CORE = "docProps/core.xml"
_DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_PARAGRAPH, _END = re.compile(r"<w:p(?: [^>]*)?>"), "</w:p>"
_BREAK = re.compile(r"[\n\t\a\f]")
_RESHAPING = re.compile(r"\{%\s*(?:tc|hm|vm|colspan|cellbg)\b")


_PICTURE_ID = re.compile(r'(<wp:docPr\b[^>]*?\bid=")\d+(")')
_CONTENT_TYPES = "[Content_Types].xml"
_NO_RELATIONSHIPS = (
    "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)


def _shape_varies(xml: bytes) -> bool:
    """Whether a part has tags that change a table's columns: docxtpl then mends the result."""
    return _RESHAPING.search(re.sub(r"<[^>]+>", "", xml.decode("utf-8", "replace"))) is not None


def _toned(part: str, xml: bytes, palette: Palette) -> bytes:
    """A part with the template's tones replaced by the firm's, wherever it has them as a color."""
    if not palette.replaced or not part.startswith("word/") or not part.endswith(".xml"):
        return xml
    tones = {old.encode(): new.encode() for old, new in palette.replaced.items()}
    wanted = re.compile(rb'(?i)"(' + b"|".join(tones) + rb')"')
    return wanted.sub(lambda match: b'"' + tones[match[1].upper()] + b'"', xml)


def _relationships_of(part: str) -> str:
    """Name of the part that lists what a part refers to."""
    folder, _, name = part.rpartition("/")
    return f"{folder}/_rels/{name}.rels"


def _with_picture_types(xml: bytes) -> bytes:
    """[Content_Types].xml with PNG and JPEG among its kinds of file."""
    text = xml.decode("utf-8")
    for suffix in ("png", "jpeg"):
        if f'extension="{suffix}"' not in text.lower():
            kind = f'<Default Extension="{suffix}" ContentType="image/{suffix}"/>'
            text = re.sub(r"(<Types\b[^>]*>)", rf"\g<1>{kind}", text, count=1)
    return text.encode("utf-8")


class _Template:
    """A template ready to be filled: its parts as docxtpl prepares them, and a zip of everything that stays the same."""

    def __init__(self, content: bytes, name: str, kind: Kind, palette: Palette) -> None:
        self._kind = kind
        self._docx = DocxTemplate(io.BytesIO(content))
        self._docx.init_docx()
        self._environment = _Environment()
        properties = self._docx.docx.core_properties  # python-docx makes them where there are none
        self._properties = properties._element
        self._texts = {field: getattr(properties, field) for field in _PROPERTIES}
        saved = io.BytesIO()
        self._docx.docx.save(saved)
        with zipfile.ZipFile(saved) as package:
            parts = {part: _toned(part, package.read(part), palette) for part in package.namelist()}
        parts[_CONTENT_TYPES] = _with_picture_types(parts[_CONTENT_TYPES])
        filled = {part: xml for part, xml in sorted(parts.items()) if _FILLED_PARTS.fullmatch(part)}
        self._check_shape(name, filled, parts.get("word/styles.xml", b""))
        self._filled = {
            part: self._docx.patch_xml(self._docx.xml_to_string(parse_xml(xml)))
            for part, xml in filled.items()
        }
        self._check_names(name)
        self._varying = {part for part, xml in parts.items() if _shape_varies(xml)}
        self._relationships = {
            _relationships_of(part): parts.get(_relationships_of(part), b"").decode("utf-8")
            or _NO_RELATIONSHIPS
            for part in self._filled
        }
        varying = {*self._filled, *self._relationships, _CORE}
        self._same = zipped({part: xml for part, xml in parts.items() if part not in varying})

    @staticmethod
    @lru_cache(maxsize=4)
    def of(content: bytes, name: str, kind: Kind, palette: Palette) -> _Template:
        """The checked template with this content and these tones; one with a fault is checked anew each time."""
        return _Template(content, name, kind, palette)

    def _trees(self) -> list[nodes.Template]:
        return [self._environment.parse(xml) for xml in self._filled.values()]

    @property
    def used(self) -> frozenset[str]:
        known = self._kind.placeholders
        return frozenset[str]().union(*(lint.used_names(tree, known) for tree in self._trees()))

    @property
    def unused(self) -> tuple[str, ...]:
        """Placeholders that it does not show, and pictures of rows that it does not."""
        known, used = self._kind.placeholders, self.used
        gone = tuple(name for name in known if name not in used)
        pictures = lint.pictures_not_shown(self._trees(), known)
        return gone + tuple(name for name in pictures if name.partition(".")[0] not in gone)

    def _check_shape(self, name: str, parts: Mapping[str, bytes], styles: bytes) -> None:
        """Refuses a template whose braces or blocks are broken, before docxtpl makes of them what it can."""
        found = [paragraph for xml in parts.values() for paragraph in lint.paragraphs(xml)]
        faults = (*lint.shape_faults(found), *lint.syntax_faults(self._environment, found))
        faults += tuple(fault for xml in parts.values() for fault in lint.hidden_faults(xml, styles))
        if faults:
            raise refuse(self._kind, name, faults)
        self._paragraphs = found
        feet = (p.text for part, xml in parts.items() if "footer" in part for p in lint.paragraphs(xml))
        self.statements = tuple(sentence for text in feet for sentence in lint.fixed_sentences(text))

    def _check_names(self, name: str) -> None:
        faults: list[str] = []
        for xml in self._filled.values():
            try:
                self._environment.from_string(
                    xml
                )  # compiled, as a filter that does not exist is found only then
                tree = self._environment.parse(xml)
            except TemplateSyntaxError as error:
                raise refuse(self._kind, name, (_damaged(error),)) from error
            faults += lint.unknown_faults(tree, self._kind.placeholders, self._paragraphs)
        if faults:
            raise refuse(self._kind, name, tuple(dict.fromkeys(faults)))

    def filled(self, values: Mapping[str, Any]) -> bytes:
        """The document with these values in its body, headers, footers, footnotes and properties."""
        docx, context = self._docx, dict(values)
        docx.render_init()
        parts: dict[str, bytes] = {}
        pictures = {f"{EMBEDDED}{picture.key}": picture for picture in pictures_in(context)}
        numbers = itertools.count(1)
        for part, source in self._filled.items():
            if part in self._varying:
                tree = docx.fix_tables(docx.render_xml_part(source, None, context, self._environment))
                xml = serialize_part_xml(tree).decode("utf-8")
            else:
                xml = _DECLARATION.decode("ascii") + self._rendered(source, context)
            shown = [picture for key, picture in pictures.items() if f'"{key}"' in xml]
            parts[part] = _PICTURE_ID.sub(lambda m: f"{m[1]}{next(numbers)}{m[2]}", xml).encode("utf-8")
            parts |= {picture.part: picture.content for picture in shown}
            listed = _relationships_of(part)
            if shown or self._relationships[listed] is not _NO_RELATIONSHIPS:
                parts[listed] = relationships(self._relationships[listed], shown).encode("utf-8")
        parts[_CORE] = serialize_part_xml(self._core(values, context))
        return zipped(parts, self._same)

    def _rendered(self, source: str, context: Mapping[str, Any]) -> str:
        """What docxtpl's render_xml_part gives, with line breaks looked for only in paragraphs that have one."""
        xml = self._environment.from_string(source).render(context)
        for escaped, plain in (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}")):
            xml = xml.replace(escaped, plain)
        *pieces, rest = xml.split(_END)
        whole = (self._with_breaks(piece) if _BREAK.search(piece) else piece for piece in pieces)
        return _END.join([*whole, rest])

    def _with_breaks(self, piece: str) -> str:
        """A piece of XML up to the end of a paragraph, with the paragraph's line breaks as Word has them."""
        start = _PARAGRAPH.search(piece)
        if start is None:
            return piece
        resolved: str = self._docx.resolve_listing(piece[start.start() :] + _END)
        return piece[: start.start()] + resolved.removesuffix(_END)

    def _core(self, values: Mapping[str, Any], context: dict[str, Any]) -> Any:
        properties = CoreProperties(deepcopy(self._properties))
        for field, text in self._texts.items():
            setattr(properties, field, self._environment.from_string(text).render(context))
        properties.title = self._kind.title(values)[:255]
        properties.author = properties.last_modified_by = str(values["firm"])[:255]
        properties.created = properties.modified = datetime(1980, 1, 1)  # noqa: DTZ001  (Word wants one; no clock is read)
        properties.revision = 1
        return properties._element
