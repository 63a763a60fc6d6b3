"""How a firm's documents look: its logo and color from the Settings sheet, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.engine.problems import Problem, Severity, Source
from xl_rebal.errors import LogoUnusable

if TYPE_CHECKING:
    from xl_rebal.briefs.look import Look
    from xl_rebal.engine.book import Book, Settings


def look_of(book: Book, workbook: Path | None) -> tuple[Look, tuple[str, ...]]:
    """Color and logo for the firm's documents, and a sentence for what of them can't be used: they are made without it."""
    from xl_rebal.briefs.pictures import check_logo, logo_bytes

    settings = book.settings
    said = tuple(str(problem) for problem in look_problems(book) if problem.severity is Severity.WARNING)
    if not settings.logo:
        return look_from(settings, b""), said
    place = (workbook.resolve().parent if workbook else Path.cwd()) / settings.logo
    try:
        content = logo_bytes(place)
        check_logo(place.name, content)
        return look_from(settings, content, place.name), said
    except LogoUnusable as error:
        fault = f"Settings (Logo: {settings.logo!r}): {error} Documents have the firm's name instead."
        return look_from(settings, b""), (*said, fault)


def look_from(settings: Settings, logo: bytes, name: str = "logo") -> Look:
    """The look of settings and a logo's bytes (none: without). Raises LogoUnusable. What is no color is left out."""
    from xl_rebal.briefs.colors import Palette, palette
    from xl_rebal.briefs.look import Look
    from xl_rebal.briefs.pictures import logo_picture

    try:
        tones = palette(settings.firm_color)
    except ValueError:
        tones = Palette()  # the Checks say it
    return Look(tones, logo_picture(name, logo, settings.firm_name) if logo else None)


def look_problems(book: Book) -> tuple[Problem, ...]:
    """A Problem for a Firm Color that is none, and for one that had to be darkened."""
    from xl_rebal.briefs.colors import LEAST_CONTRAST, contrast, palette
    from xl_rebal.sheets.layout import SETTINGS_SHEET

    typed, place = book.settings.firm_color, Source(SETTINGS_SHEET, 0)
    try:
        tones = palette(typed)
    except ValueError as error:
        return (
            Problem(
                Severity.WARNING, "not-a-color", place, "Firm Color", "", typed, f"{error}, so the shipped navy is used.",
                "Enter it as # and six digits or letters A to F, such as #1F3A5F.",
                cost="Documents have the shipped color.",
            ),
        )  # fmt: skip
    if not tones.darkened:
        return ()
    ratio = contrast(tones.asked, "FFFFFF")
    return (
        Problem(
            Severity.NOTE, "color-darkened", place, "Firm Color", "", typed,
            f"White on #{tones.asked} has a contrast of {ratio:.1f}:1, which can't be read well; documents use #{tones.firm}.",
            f"Nothing, or choose a color with {LEAST_CONTRAST}:1 or more.",
            cost="Nothing: documents are readable, in a darker shade.",
        ),
    )  # fmt: skip
