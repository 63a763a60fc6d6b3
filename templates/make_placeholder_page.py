"""Writes PLACEHOLDERS.md: what a firm may use in its own templates, from the lists that the check goes by.

python templates/make_placeholder_page.py [FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from xl_rebal.briefs.kinds import BRIEF, SUMMARY, Kind

INTRODUCTION = """# Placeholders of the templates

Open `brief.docx` or `summary.docx` in Word, change wording, order, colors and fonts as you like, and save it as
`templates/brief.docx` or `templates/summary.docx` beside the workbook. `xl-rebal lint-template FILE.docx` checks it and
says what is wrong, with the text around it; a run checks it too, and files nothing when it can't work.

- Write `{{ client }}` for a value, in one paragraph.
- A list is repeated between `{%p for note in notes %}` and `{%p endfor %}`, each alone in a paragraph, or, for table
  rows, `{%tr for row in drift %}` and `{%tr endfor %}`, each alone in a row.
- `{%p if no_trades %}` and `{%p endif %}` keep what is between them only when there is something to show.
- A picture (`{{ row.bar }}`, `{{ curve }}`, `{{ logo }}`) stands alone in a paragraph whose line spacing is not fixed.
- Navy (1F3A5F), its lighter tones 7F9BBF and F3F6FA become those of Firm Color on the Settings sheet; any other color
  stays as it is in the template.
- *must*: a template without it is refused.
"""


def page() -> str:
    """The text of PLACEHOLDERS.md."""
    return "\n".join([INTRODUCTION, *_section(BRIEF), *_section(SUMMARY)])


def _section(kind: Kind) -> Iterator[str]:
    yield f"## {kind.name.capitalize()} (`{kind.file}`)"
    yield ""
    yield "| placeholder | what it is | |"
    yield "|---|---|---|"
    for name, meaning in kind.placeholders.items():
        must = "must" if name in kind.needed else ""
        if isinstance(meaning, Mapping):
            for key, of in meaning.items():
                yield f"| `{name}.{key}` | {_said(of)} | {must} |"
        elif isinstance(meaning, list) and isinstance(meaning[0], Mapping):
            yield f"| `{name}` | list; each item has: | {must} |"
            for key, of in meaning[0].items():
                yield f"| `.{key}` | {of} | |"
        else:
            yield f"| `{name}` | {_said(meaning)} | {must} |"
    yield ""


def _said(meaning: object) -> str:
    return f"list: {meaning[0]}" if isinstance(meaning, list) else str(meaning)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    (folder / "PLACEHOLDERS.md").write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
