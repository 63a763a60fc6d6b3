"""What a brief's bundle keeps, as values again: inputs, tax parameters, plan, draft, and where the figures came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from xl_rebal.app.composing import Origin
from xl_rebal.errors import FilingFailed, ParameterMissing, RecordsUnreadable
from xl_rebal.records.bundle import (
    DRAFT,
    EXCHANGES,
    INPUTS,
    LOGO,
    PARAMETERS,
    PLAN,
    TEMPLATE,
    draft_from,
    parts_in,
    plan_from,
)
from xl_rebal.records.canonical import parsed
from xl_rebal.records.inputs import Inputs, inputs_from
from xl_rebal.records.written import Reader

if TYPE_CHECKING:
    from xl_rebal.engine.book import Settings
    from xl_rebal.engine.results import Plan
    from xl_rebal.facts.draft import Draft
    from xl_rebal.params.types import TaxParameters
    from xl_rebal.records.history import FiledBrief
    from xl_rebal.records.places import FirmFolder


@dataclass(frozen=True, slots=True)
class Kept:
    """A bundle's values. `notes`: what its version did not know yet and was filled in."""

    inputs: Inputs
    params: TaxParameters
    plan: Plan | None
    draft: Draft
    exchanges: tuple[Mapping[str, Any], ...]
    origin: Origin
    template: bytes
    logo: bytes
    notes: tuple[str, ...]


def kept_of(manifest: Mapping[str, Any], parts: Mapping[str, bytes]) -> Kept:
    """The values in a bundle's parts. Raises KeyError for a part that is missing, ValueError for one that is not right."""
    inputs, reader = patient_inputs(parts[INPUTS])
    params, param_notes = _patient_parameters(parsed(parts[PARAMETERS]))
    provenance = manifest.get("provenance", {})
    exchanges = json.loads(parts[EXCHANGES]) if EXCHANGES in parts else []
    return Kept(
        inputs,
        params,
        plan_from(parts[PLAN]),
        draft_from(parts[DRAFT]),
        tuple(exchanges),
        Origin(str(provenance.get("workbook", "")), str(provenance.get("workbook_sha256", ""))),
        parts[TEMPLATE],
        parts.get(LOGO, b""),
        (*reader.notes, *param_notes),
    )


def _patient_parameters(stored: Any) -> tuple[TaxParameters, list[str]]:
    """The tax parameters of a parameters.json of any version; one that it does not have yet is today's of its year, and said."""
    from xl_rebal.params.load import tax_parameters
    from xl_rebal.params.types import TaxParameters

    today: dict[type, object] = {}
    with suppress(ParameterMissing):
        found = tax_parameters(stored["tax_year"])
        today = {type(each): each for each in (found, found.rmd, found.rmd.inherited, found.wash_sale)}
    reader = Reader(today)
    return reader.read(TaxParameters, stored), reader.notes


def patient_inputs(content: bytes) -> tuple[Inputs, Reader]:
    """The inputs of an inputs.json of any version, settings that it lacks with this version's defaults."""
    settings = _settings_of_today(content)
    reader = Reader({type(settings): settings})
    return inputs_from(content, reader), reader


def _settings_of_today(inputs: bytes) -> Settings:
    from xl_rebal.sheets.firm import settings_of

    found = parsed(inputs).get("settings")
    as_of = found.get("as_of") if isinstance(found, dict) else None
    day = date.fromisoformat(as_of) if isinstance(as_of, str) else date.min
    return settings_of(None, [day])[0]


def kept_brief(folder: FirmFolder, brief: FiledBrief) -> Kept:
    """What the bundle of a brief on record keeps. Raises RecordsUnreadable when it is gone or not as recorded."""
    try:
        content = folder.inside(brief.bundle).read_bytes()
        manifest, parts = parts_in(content)
        return kept_of(manifest, parts)
    except FilingFailed as error:
        raise RecordsUnreadable(str(error)) from error
    except OSError as error:
        raise RecordsUnreadable(
            f"The bundle of {brief.client}'s brief of {brief.period} can't be read ({error.strerror or error}). "
            "Run `xl-rebal verify`."
        ) from error
    except (KeyError, ValueError) as error:
        raise RecordsUnreadable(
            f"The bundle of {brief.client}'s brief of {brief.period} is damaged or of an early version ({error}). "
            "Run `xl-rebal verify`."
        ) from error
