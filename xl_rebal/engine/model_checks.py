"""What is wrong with the firm's models and securities, which every client who follows or holds them shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from xl_rebal.engine.book import CASH_CLASS, Book, BuyIn, Target
from xl_rebal.engine.problem_words import close_to, listed
from xl_rebal.engine.problems import NOWHERE, Problem, Severity, Source
from xl_rebal.money import percent_text

SUM_TOLERANCE = 1e-4
"""Class targets of a model may miss 100 % by this much: thirds are typed as 33.33 %."""


def model_problems(book: Book) -> Iterator[Problem]:
    """Faults of the Targets sheet, each for every client who follows the model."""
    return _Models(book).problems()


_FOLLOWS_FROM_ROWS = frozenset(("targets-not-100", "no-class-targets", "class-without-target"))
"""What is bound to be wrong when a row of Targets was left out, so not said again."""


def unread_targets(book: Book) -> set[str | None]:
    """Clients whose targets could not all be read (None: of a model that nobody follows)."""
    return {
        p.client_id for p in book.problems if p.severity is Severity.ERROR and p.source.sheet == "Targets"
    }


class _Models:
    """Faults of the Targets sheet, each for every client who follows the model."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.models: dict[str, list[Target]] = {}
        for target in book.targets:
            self.models.setdefault(target.model, []).append(target)
        self.unread = unread_targets(book)
        self.followers: dict[str, list[str]] = {}
        for household in book.households:
            self.followers.setdefault(household.client.model, []).append(household.client.id)

    def problems(self) -> Iterator[Problem]:
        for model, targets in self.models.items():
            yield from self._sum(model, targets)
            yield from self._twice(model, targets)
            yield from self._bands(model, targets)
            yield from self._members(model, targets)
            yield from self._funds(model, targets)

    def _for_followers(
        self,
        model: str,
        severity: Severity,
        code: str,
        target: Target,
        column: str,
        value: str,
        what: str,
        todo: str,
    ) -> Iterator[Problem]:
        """One problem per client of the model; a model that nobody follows is only warned of."""
        followers: Sequence[str | None] = self.followers.get(model, ())
        if code in _FOLLOWS_FROM_ROWS and self.unread & {*(followers or (None,))}:
            return
        if not followers:
            severity = Severity.WARNING if severity is Severity.ERROR else severity
            what += " No client follows this model now."
        for client_id in followers or (None,):
            yield _problem(self.book, client_id, severity, code, target.source, column, value, what, todo)

    def _sum(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        classes = [t for t in targets if not t.symbol]
        if not classes:
            yield from self._for_followers(
                model, Severity.ERROR, "no-class-targets", targets[0], "Asset Class", "",
                f"Model {model} has targets of securities but none of a class.",
                "Add a row with a blank Symbol for each class; together they make 100%.",
            )  # fmt: skip
            return
        total = sum(t.weight for t in classes)
        if abs(total - 1) > SUM_TOLERANCE:
            parts = listed([f"{t.asset_class} {percent_text(t.weight, 2)}" for t in classes])
            yield from self._for_followers(
                model, Severity.ERROR, "targets-not-100", classes[0], "Target", percent_text(total, 2),
                f"The class targets of model {model} add up to {percent_text(total, 2)}, not 100% ({parts}).",
                "Correct the targets; money that is meant to stay uninvested is the class Cash.",
            )  # fmt: skip

    def _twice(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        first: dict[tuple[str, str], Target] = {}
        for target in targets:
            key = ("", target.symbol.casefold()) if target.symbol else (target.asset_class.casefold(), "")
            if key in first:
                name = target.symbol or target.asset_class
                yield from self._for_followers(
                    model, Severity.ERROR, "duplicate-target", target, "Target", percent_text(target.weight, 2),
                    f"Model {model} has a second target for {name}; the first is in row {first[key].source.row}.",
                    "Delete one of the two rows.",
                )  # fmt: skip
            else:
                first[key] = target

    def _bands(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        for target in targets:
            lower, upper = target.lower, target.upper
            if (lower is None or lower <= target.weight) and (upper is None or target.weight <= upper):
                continue
            column, edge = (
                ("Upper", upper) if upper is not None and upper < target.weight else ("Lower", lower)
            )
            shown = percent_text(edge or 0.0, 2)
            yield from self._for_followers(
                model, Severity.ERROR, "band-without-target", target, column, shown,
                f"The target of {target.symbol or target.asset_class} in model {model}, {percent_text(target.weight, 2)}, lies "
                f"outside its own band ({column} is {shown}).",
                "Make Lower at most, and Upper at least, the Target.",
            )  # fmt: skip

    def _members(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        """Security targets: known, of the class they stand in, and together no more than it."""
        classes = {t.asset_class.casefold(): t for t in targets if not t.symbol}
        inside: dict[str, list[Target]] = {}
        for target in targets:
            if not target.symbol:
                continue
            inside.setdefault(target.asset_class.casefold(), []).append(target)
            security = self.book.securities.get(target.symbol)
            if security is None:
                yield from self._for_followers(
                    model, Severity.ERROR, "unknown-target-symbol", target, "Symbol", target.symbol,
                    f"Model {model} has a target for {target.symbol}, which is not on the Securities sheet.",
                    f"Add it to Securities, or correct the symbol.{close_to(target.symbol, self.book.securities)}",
                )  # fmt: skip
            elif security.asset_class.casefold() != target.asset_class.casefold():
                yield from self._for_followers(
                    model, Severity.ERROR, "class-differs", target, "Asset Class", target.asset_class,
                    f"Model {model} has {target.symbol} in {target.asset_class}, the Securities sheet (row "
                    f"{security.source.row}) in {security.asset_class}.",
                    "Give it the same class in both.",
                )  # fmt: skip
        for key, members in inside.items():
            name, total = members[0].asset_class, sum(t.weight for t in members)
            if key not in classes:
                if not classes:
                    continue
                yield from self._for_followers(
                    model, Severity.ERROR, "class-without-target", members[0], "Asset Class", name,
                    f"Model {model} has securities in {name}, but no target for {name} itself.",
                    f"Add a row for {name} with a blank Symbol.",
                )  # fmt: skip
            elif total > classes[key].weight + SUM_TOLERANCE:
                parts = listed([f"{t.symbol} {percent_text(t.weight, 2)}" for t in members])
                yield from self._for_followers(
                    model, Severity.ERROR, "securities-exceed-class", members[0], "Target", percent_text(total, 2),
                    f"The securities of {name} in model {model} add up to {percent_text(total, 2)} ({parts}), more than the "
                    f"class itself, {percent_text(classes[key].weight, 2)}.",
                    "Security targets are weights of the whole household: correct them or the class.",
                )  # fmt: skip

    def _funds(self, model: str, targets: list[Target]) -> Iterator[Problem]:
        """A class that nothing may be bought in can't be brought up to its target."""
        buyable = {
            s.asset_class.casefold() for s in self.book.securities.values() if s.buy is not BuyIn.NOWHERE
        }
        for target in targets:
            name = target.asset_class
            if (
                target.symbol
                or not target.weight
                or name.casefold() in buyable
                or name.casefold() == CASH_CLASS.casefold()
            ):
                continue
            if model in self.followers:
                yield _problem(
                    self.book, None, Severity.WARNING, "no-fund-to-buy", target.source, "Asset Class", name,
                    f"No security of class {name} may be bought (column Buy on Securities), so the plan can't raise it to its "
                    f"target in model {model}.",
                    "Set Buy for the fund that the firm uses for this class.",
                )  # fmt: skip


def security_problems(book: Book) -> Iterator[Problem]:
    """Replacement securities and identical groups that can't do what they are for."""
    groups = Counter(security.identity for security in book.securities.values())
    for security in book.securities.values():
        if security.same_as and groups[security.identity] == 1:
            yield _problem(
                book, None, Severity.NOTE, "group-of-one", security.source, "Same As", security.same_as,
                f"{security.symbol} is alone in the group {security.same_as!r}, so it is identical to nothing else.",
                "Write the same text at the securities that are substantially identical to it, or clear the cell.",
            )  # fmt: skip
        if not security.swap:
            continue
        swap = book.securities.get(security.swap)
        if swap is None:
            what = f"The swap of {security.symbol}, {security.swap}, is not on the Securities sheet."
            todo = f"Add it with its class and price, or correct the symbol.{close_to(security.swap, book.securities)}"
            code = "unknown-swap"
        elif swap.identity == security.identity:
            what = f"{security.symbol} and its swap {security.swap} are substantially identical, so buying it would wash the loss."
            todo, code = "Choose a replacement of another group.", "identical-swap"
        else:
            continue
        yield _problem(book, None, Severity.WARNING, code, security.source, "Swap", security.swap, what, todo)


def _problem(
    book: Book,
    client_id: str | None,
    severity: Severity,
    code: str,
    source: Source,
    column: str,
    value: str,
    what: str,
    todo: str,
) -> Problem:
    cell = book.cell(source, column) if source is not NOWHERE else ""
    return Problem(severity, code, source, column, cell, value, what, todo, client_id)
