"""What is wrong with a template that a firm edited in Word, each fault with the text of the paragraph it is in.

Three kinds of fault, looked for in this order, as each hides the next: braces that Word's editing has broken, blocks that
do not close, and placeholders that do not exist.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PART_OF_TAG = re.compile(r"\{\{|\}\}|\{%|%\}|\{ \{|\} \}|\{ %|% \}|\{#|#\}")
_BLOCK = re.compile(r"\{%-?\s*(?P<kind>p|tr|tc|r)?\s+(?P<word>\w+)(?P<rest>.*?)-?%\}", re.DOTALL)
_OPENS = {"for": "endfor", "if": "endif"}
_ALONE = {"p": "its paragraph", "tr": "its table row"}
SHOWN = 90


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's text, and that of the table row it stands in ('' outside of tables)."""

    text: str
    row: str


def paragraphs(xml: bytes) -> list[Paragraph]:
    """The paragraphs of a part in reading order."""
    found = []
    for element in _parsed(xml).iter(f"{_W}p"):
        row = next(element.iterancestors(f"{_W}tr"), None)
        found.append(Paragraph(_text(element, element), "" if row is None else _text(row, None)))
    return found


def _parsed(xml: bytes) -> Any:
    return etree.fromstring(xml, etree.XMLParser(resolve_entities=False))


def _text(element: Any, paragraph: Any) -> str:
    """The text below an element; with `paragraph`, without that of paragraphs inside it (text boxes)."""
    pieces = []
    for node in element.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        if paragraph is not None and next(node.iterancestors(f"{_W}p")) is not paragraph:
            continue
        pieces.append((node.text or "") if node.tag == f"{_W}t" else " ")
    return "".join(pieces)


def shape_faults(found: Iterable[Paragraph]) -> Iterator[str]:
    """Broken braces, block tags that do not stand alone, and blocks that do not close, with the text around each."""
    open_blocks: list[tuple[str, str]] = []
    for paragraph in found:
        text = paragraph.text
        rest = _TAG.sub("", text)
        if _PART_OF_TAG.search(rest) or re.search(r"[{}]\s*(?:%|$)|(?:^|%)\s*[{}]", rest.strip()):
            yield (
                f"has a damaged placeholder: braces that do not belong together{_in(text)}. Write {{{{ name }}}} or "
                "{% tag %} in one paragraph, with two braces, or brace and percent sign, without a space between."
            )
            continue
        for tag in _TAG.findall(text):
            block = _BLOCK.fullmatch(tag)
            if block is None:
                if tag.startswith("{%") and not re.match(r"\{%-?\s*\w", tag):
                    yield f"has a damaged placeholder: {tag} is no tag{_in(text)}."
                continue
            around = {"p": text, "tr": paragraph.row}.get(block["kind"] or "", tag)
            if around.strip() != tag:
                yield (
                    f"has {tag} beside other text{_in(around)}. It must stand alone in {_ALONE[block['kind']]}, which is "
                    "taken out when the document is made."
                )
            word = block["word"]
            if word in _OPENS:
                open_blocks.append((word, text))
            elif word in _OPENS.values():
                opened = open_blocks.pop() if open_blocks else ("", "")
                if _OPENS.get(opened[0]) != word:
                    after = f" after {opened[0]}{_in(opened[1])}" if opened[0] else ", which nothing opens"
                    yield f"has a damaged placeholder: {word}{after}{_in(text)}."
                    return
            elif word in ("else", "elif") and not open_blocks:
                yield f"has a damaged placeholder: {word} outside of any if or for{_in(text)}."
    for word, text in reversed(open_blocks):
        yield (
            f"has a damaged placeholder: {word} is never closed{_in(text)}. Add {{%p {_OPENS[word]} %}}, or "
            f"{{%tr {_OPENS[word]} %}} in a table, where it ends."
        )


def syntax_faults(environment: Environment, found: Iterable[Paragraph]) -> Iterator[str]:
    """Placeholders whose inside is no expression."""
    for paragraph in found:
        for tag in _TAG.findall(paragraph.text):
            if tag.startswith("{{"):
                try:
                    environment.from_string(re.sub(r"^\{\{r\s", "{{ ", tag))
                except TemplateSyntaxError as error:
                    said = (error.message or "").rstrip(".")
                    yield f"has a damaged placeholder: {tag} ({said}){_in(paragraph.text)}."


LEAST_TYPE = 8
"""Half points: smaller type with a placeholder is taken for hidden."""


def hidden_faults(xml: bytes, styles: bytes) -> Iterator[str]:
    """Placeholders in text that nobody can see: hidden by Word, white on white, or too small to read."""
    hiding = _hiding_styles(styles)
    root = _parsed(xml)
    for run in root.iter(f"{_W}r"):
        text = " ".join(_text(run, None).split())
        if _PART_OF_TAG.search(text) and (how := _how_hidden(run, hiding)):
            shown = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
            yield f"hides a placeholder: “{shown}” is {how}. Take that away in Word under Home, Font, or delete the text."


def _how_hidden(run: Any, hiding: set[str | None]) -> str:
    own = run.find(f"{_W}rPr/{_W}vanish")
    paragraph = next(run.iterancestors(f"{_W}p"), None)
    styled = {e.get(f"{_W}val") for e in run.iterfind(f"{_W}rPr/{_W}rStyle")}
    shading = False
    if paragraph is not None:
        styled |= {e.get(f"{_W}val") for e in paragraph.iterfind(f"{_W}pPr/{_W}pStyle")}
        shading = paragraph.find(f"{_W}pPr/{_W}shd") is not None
    if _is_on(own) if own is not None else bool(hiding & styled):
        return "hidden text, which is on no page"
    size = run.find(f"{_W}rPr/{_W}sz")
    if (
        size is not None
        and (size.get(f"{_W}val") or "").isdecimal()
        and int(size.get(f"{_W}val")) < LEAST_TYPE
    ):
        return "too small to read"
    color = run.find(f"{_W}rPr/{_W}color")
    shading = shading or any(
        next(run.iterancestors(f"{_W}{around}"), None) is not None for around in ("tc", "txbxContent")
    )  # what stands in a cell or a box may have a color behind it
    white = color is not None and (color.get(f"{_W}val") or "").upper() == "FFFFFF"
    return "white on white" if white and not shading else ""


def _hiding_styles(styles: bytes) -> set[str | None]:
    if not styles:
        return set()
    return {
        style.get(f"{_W}styleId")
        for style in _parsed(styles).iter(f"{_W}style")
        if _is_on(style.find(f"{_W}rPr/{_W}vanish"))
    }


def _is_on(switch: Any) -> bool:
    return switch is not None and switch.get(f"{_W}val") not in ("0", "false", "off")


def fixed_sentences(text: str) -> list[str]:
    """The sentences of a text that have no placeholder."""
    found = (sentence.strip() for sentence in re.split(r"(?<=[.;])\s+", text))
    return [s for s in found if re.search(r"[a-z]", s) and not _PART_OF_TAG.search(s)]


def unknown_faults(
    tree: nodes.Node, schema: Mapping[str, object], found: Iterable[Paragraph]
) -> Iterator[str]:
    """Placeholders that the schema lacks, each once."""
    texts = [paragraph.text for paragraph in found]
    for wrong, known in dict.fromkeys(_unknown(tree, dict(schema))):
        written = re.compile(rf"(?<![\w.]){re.escape(wrong)}(?![\w.])")
        where = next((text for text in texts if any(written.search(tag) for tag in _TAG.findall(text))), "")
        near = difflib.get_close_matches(wrong, known, n=1)
        meant = f" Is {near[0]} meant?" if near else ""
        yield (
            f"uses the placeholder {{{{ {wrong} }}}}, which does not exist{_in(where) if where.strip(' {}') != wrong else ''}."
            f"{meant} Correct it in Word; known here are: {', '.join(sorted(known))}."
        )
    for name, schema_of_it in _whole(tree, dict(schema)):
        if isinstance(schema_of_it, list):
            inner = f"item.{next(iter(schema_of_it[0]))}" if isinstance(schema_of_it[0], Mapping) else "item"
            yield (
                f"shows {{{{ {name} }}}}, which is a list. Write {{%p for item in {name} %}}, below it a paragraph with "
                f"{{{{ {inner} }}}}, below that {{%p endfor %}}."
            )
        else:
            yield f"shows {{{{ {name} }}}}, which is a group. Write one of it, such as {{{{ {name}.{next(iter(schema_of_it))} }}}}."


def _in(text: str) -> str:
    shown = " ".join(text.split())
    return f", in “{shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + '…'}”" if shown else ""


# --- Names ---------------------------------------------------------------------------------------------------------


def used_names(tree: nodes.Node, schema: Mapping[str, object]) -> frozenset[str]:
    """Names of the schema that a part shows; one that it only asks for (`if curve`) is not among them."""
    return frozenset(name for name in _shown_names(tree) if name in schema)


def _shown_names(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Name) and node.ctx == "load":
        yield node.name
    for child in node.iter_child_nodes(exclude=("test",) if isinstance(node, nodes.If) else ()):
        yield from _shown_names(child)


def pictures_not_shown(trees: Iterable[nodes.Node], schema: Mapping[str, object]) -> tuple[str, ...]:
    """Pictures of a list's rows that no part shows, as `drift.bar`."""
    shown = {attribute.attr for tree in trees for attribute in tree.find_all(nodes.Getattr)}
    return tuple(
        f"{name}.{field}"
        for name, rows in schema.items()
        if isinstance(rows, list) and rows and isinstance(rows[0], Mapping)
        for field, meaning in rows[0].items()
        if str(meaning).startswith("picture") and field not in shown
    )


Known = tuple[str, ...]


def _unknown(node: nodes.Node, scope: dict[str, Any]) -> Iterator[tuple[str, Known]]:
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


def _whole(node: nodes.Node, scope: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Lists and groups of the schema in `scope` that are shown as if they were texts."""
    if isinstance(node, nodes.For):
        items = _schema_of(node.iter, scope)
        if isinstance(node.target, nodes.Name):
            scope = scope | {node.target.name: items[0] if isinstance(items, list) and items else None}
    if isinstance(node, nodes.Output):
        for shown in node.nodes:
            found = _schema_of(shown, scope)
            if isinstance(found, list | Mapping) and found:
                yield _spelled(shown), found
    for child in node.iter_child_nodes():
        yield from _whole(child, scope)


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
