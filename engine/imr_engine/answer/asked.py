"""The numbers of a request: those that say the same follow when one of them changes.

Two visits a week for three weeks are six visits; where four are asked for instead, it is for two weeks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from math import floor, prod

from imr_criteria import Catalogue
from imr_criteria.quantities import Operand
from imr_engine.answer.numbers import Number
from imr_engine.answer.writes import Write, Writes
from imr_engine.inputs.values import Inputs
from imr_engine.rules import keys

_PASSES = 4
"""One number follows from another, and a third from both: more links than that no request has."""

_NEAR = 1e-9


def quantity_of(catalogue: Catalogue, attribute: str, tested: str | None = None) -> str | None:
    """The quantity that an attribute of the request (or "quantity") states, within the one that is tested."""
    for name in (tested, *_inner(catalogue, tested)) if tested is not None else catalogue.quantities:
        if any(_names(part, attribute) for part in _alternatives(catalogue.quantities[name].value)):
            return name
    return None


class Asked:
    """The numbers of one request, as they become when some of its quantities are lowered."""

    def __init__(self, inputs: Inputs, tested: Collection[str]) -> None:
        self._inputs = inputs
        self._catalogue = inputs.subject.catalogue
        self._attributes = dict(inputs.subject.request.attributes)
        asked = inputs.subject.request.quantity
        self._amount: tuple[Number, str] | None = None if asked is None else (asked.value, asked.unit)
        self._stated: dict[str, list[tuple[Operand, Number]]] = {}
        """For each quantity, what the request as it stands says of it, each with its value."""
        self._tested = tested
        self._targets: dict[str, Number] = {}
        self._written: dict[str, None] = {}

    def lowered(self, wanted: Mapping[str, tuple[str, Number]]) -> Writes | None:
        """What to write for quantities to have the values that are wanted of them, or whole numbers just below.

        Each comes with the attribute to write it to. The others that are `tested` keep their values, if they can. None
        if the request cannot ask for so little.
        """
        targets = self._targets = {name: self._fitting(attribute, to) for name, (attribute, to) in wanted.items()}
        beside = set(targets).union(*(_inner(self._catalogue, name) for name in targets))
        kept = [name for name in self._tested if beside.isdisjoint((name, *_inner(self._catalogue, name)))]
        for name in (*beside, *kept):
            self._stated[name] = list(self._given(self._catalogue.quantities[name].value))
        for _ in range(_PASSES):
            for name, (attribute, _) in wanted.items():
                made = self._make(name, targets[name])
                if made is None or not self._write(name, attribute, made):
                    return None
                targets[name] = made
            for name in kept:
                value = self._inputs.seen(keys.quantity(name)).value
                moved = any(self._value(part) != before for part, before in self._stated[name])
                if moved and isinstance(value, int | float):
                    self._make(name, value)
        return [self._entry(name) for name in self._written]

    def value(self, name: str) -> Number | None:
        """What the request now says of a quantity."""
        return self._value(Operand(quantity=name))

    # What the request says

    def _given(self, operand: Operand) -> Iterator[tuple[Operand, Number]]:
        """The operands that state a number, all of which must say the same."""
        for part in operand.first or operand.agreeing or ():
            found = list(self._given(part))
            yield from found
            if found and operand.first is not None:
                return
        if operand.first is None and operand.agreeing is None and (value := self._value(operand)) is not None:
            yield operand, value

    def _value(self, operand: Operand) -> Number | None:
        if operand.quantity is not None:
            value = self._catalogue.quantities[operand.quantity].value
            if value.reconcile is None:
                return self._value(value)
            return _number(self._inputs.seen(keys.quantity(operand.quantity)).value)
        if operand.attribute is not None:
            return _number(self._attributes.get(operand.attribute))
        if operand.request == "quantity":
            amount = self._amount
            return amount[0] if amount is not None and amount[1] in (operand.unit or ()) else None
        if operand.lookup is not None:
            return operand.lookup.table.get(str(self._attributes.get(str(operand.lookup.of.attribute))))
        if operand.first is not None or operand.agreeing is not None:
            values = (self._value(part) for part in operand.first or operand.agreeing or ())
            return next((value for value in values if value is not None), None)
        return self._calculated(operand)

    def _calculated(self, operand: Operand) -> Number | None:
        parts = operand.sum or operand.product or operand.quotient
        values = [value for part in parts or () if (value := self._value(part)) is not None]
        if parts is None or len(values) < len(parts):
            return operand.constant
        if operand.quotient is not None:
            return _plain(values[0] / values[1])
        return _plain(sum(values) if operand.sum is not None else prod(values))

    # What it is to say

    def _make(self, name: str, to: Number) -> Number | None:
        """Makes everything that is said of a quantity say `to`, or less where that takes a whole number; None if not.

        An amount that would not be whole (three and a half tablets) is given in the quantity's own unit.
        """
        for part in [part for part, _ in self._stated[name] if self._value(part) is not None]:
            made = self._set(part, to)
            if made is None:
                return None
            if abs(made - to) > _NEAR:
                unit = self._unit(name)
                if unit is None or name not in self._targets or not _reads_amount(part):
                    return self._make(name, made) if made > 0 else None
                self._ask(to, unit)
        return to

    def _set(self, operand: Operand, to: Number) -> Number | None:
        """Makes an operand `to`, and returns what it is then; None if that cannot be asked for."""
        if operand.quantity is not None:
            return self._make(operand.quantity, to)
        if operand.attribute is not None:
            to = self._fitting(operand.attribute, to)
            return to if self._put(operand.attribute, to) else None
        if operand.request == "quantity" and self._amount is not None:
            self._ask(to, self._amount[1])
            return to
        if operand.quotient is not None:
            first, by = operand.quotient[0], self._value(operand.quotient[1])
            made = self._whole(first, to * by) if by is not None else None
            return None if made is None or by is None else _plain(made / by)
        return self._factored(operand.product, to) if operand.product is not None else to

    def _factored(self, parts: tuple[Operand, ...], to: Number) -> Number | None:
        """Makes a product `to` by its last factor that is then whole, or else by the last that is not below one."""
        free = [n for n, part in reversed(list(enumerate(parts))) if part.constant is None]
        by = {n: prod(self._value(part) or 1 for m, part in enumerate(parts) if m != n) for n in free}
        whole = [n for n in free if _is_whole(to / by[n])]
        chosen = (whole or [n for n in free if to / by[n] >= 1] or free)[0]
        made = self._whole(parts[chosen], to / by[chosen])
        return None if made is None else _plain(made * by[chosen])

    def _whole(self, operand: Operand, to: Number) -> Number | None:
        """Makes a factor a whole number if that leaves any of it; an amount is whole, or there is none."""
        if to < 1 and operand.request == "quantity":
            return 0
        return self._set(operand, _plain(to if _is_whole(to) or to < 1 else floor(to)))

    def _write(self, name: str, attribute: str, to: Number) -> bool:
        """Writes a quantity to the attribute that states it, unless the amount requested states it in another way."""
        if attribute != "quantity":
            return self._put(attribute, to)
        unit = self._unit(name)
        if unit is not None and not any(_reads_amount(part, self._catalogue) for part, _ in self._stated[name]):
            self._ask(to, unit)
        return True

    def _fitting(self, attribute: str, to: Number) -> Number:
        spec = self._catalogue.attributes.get(attribute)
        return floor(to) if spec is not None and spec.type == "integer" else to

    def _put(self, attribute: str, to: Number) -> bool:
        least = self._catalogue.attributes[attribute].minimum
        if self._attributes.get(attribute) != to:
            self._attributes[attribute] = to
            self._written.setdefault(attribute)
        return to >= (least or 0)

    def _ask(self, to: Number, unit: str) -> None:
        if self._amount != (to, unit):
            self._amount = (to, unit)
            self._written.setdefault("quantity")

    def _unit(self, name: str) -> str | None:
        """The unit in which the amount requested states a quantity as it is."""
        units = [
            part.unit for part in _alternatives(self._catalogue.quantities[name].value) if part.request == "quantity"
        ]
        return units[0][0] if units and units[0] else None

    def _entry(self, name: str) -> Write:
        if name != "quantity":
            return Write("attribute", name, self._attributes[name])
        assert self._amount is not None
        return Write("request", "quantity", {"value": self._amount[0], "unit": self._amount[1]})


def _alternatives(operand: Operand) -> Iterator[Operand]:
    """The operands that each give the same number."""
    parts = operand.first or operand.agreeing
    for part in parts or ():
        yield from _alternatives(part)
    if parts is None:
        yield operand


def _inner(catalogue: Catalogue, name: str) -> Iterator[str]:
    """The quantities that another is derived from."""
    for operand in _operands(catalogue.quantities[name].value):
        if operand.quantity is not None:
            yield operand.quantity
            yield from _inner(catalogue, operand.quantity)


def _operands(operand: Operand) -> Iterator[Operand]:
    yield operand
    for part in operand.first or operand.agreeing or operand.sum or operand.product or operand.quotient or ():
        yield from _operands(part)


def _names(operand: Operand, attribute: str) -> bool:
    """Whether an operand is an attribute of the request, or its quantity."""
    return operand.attribute == attribute or (operand.request == attribute == "quantity")


def _reads_amount(operand: Operand, catalogue: Catalogue | None = None) -> bool:
    """Whether an operand reads the amount requested, with a catalogue also through other quantities."""
    for part in _operands(operand):
        if part.request == "quantity":
            return True
        inner = catalogue.quantities[part.quantity].value if catalogue is not None and part.quantity else None
        if inner is not None and _reads_amount(inner, catalogue):
            return True
    return False


def _number(value: object) -> Number | None:
    return value if isinstance(value, int | float) else None


def _is_whole(value: Number) -> bool:
    return value >= 1 and abs(value - round(value)) < _NEAR


def _plain(value: Number) -> Number:
    return round(value) if abs(value - round(value)) < _NEAR else value
