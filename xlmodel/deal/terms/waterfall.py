"""Who is paid from the cash of every period: the waterfall of a deal, with the financing it describes or with none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from xlmodel.asset.cfads import cash_tax
from xlmodel.deal.inputs import Deal, Financing
from xlmodel.deal.quantity import amount, each
from xlmodel.deal.refusal import DealError
from xlmodel.deal.terms.contracts import prepaid_at_closing
from xlmodel.deal.terms.tax import taxation
from xlmodel.deal.terms.tranche import Tranche
from xlmodel.deal.timeline import Timeline
from xlmodel.errors import ModelError
from xlmodel.loan import term_sheet
from xlmodel.loan.coverage import dscr
from xlmodel.loan.reserves import dsra_target
from xlmodel.loan.waterfall import waterfall
from xlmodel.loan.waterfall_lines import ReserveLines, TrancheLines, Waterfall
from xlmodel.maths.domain import Floats

_TOLERANCE: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Uses:
    """Money at closing, USD: what is paid and with whose money.

    Attributes
    ----------
    hardware, reserve, fee, discount
        Uses; the discount is lent and not paid out. Hardware that later draws pay for is not among them.
    debt, prepaid, equity
        Sources.
    """

    hardware: Floats
    reserve: Floats
    fee: Floats
    discount: Floats
    debt: Floats
    prepaid: Floats
    equity: Floats


@dataclass(frozen=True, slots=True)
class Terms:
    """What the waterfall of a deal is run with, by period unless said otherwise; money in USD.

    Attributes
    ----------
    cash
        Before tax.
    fees
        Of the agent, and on what is undrawn.
    settled
        What a swap settles, positive when received.
    base
        What a sweep by bands is measured against: the market value of the hardware.
    target
        Of the debt service reserve by the schedule, at closing and after each payment.
    """

    cash: Floats
    fees: Floats
    settled: Floats
    base: Floats
    target: Floats


def reserve_target(deal: Deal, line: Timeline, found: tuple[Tranche, ...], settled: Floats) -> Floats:
    """Return what the debt service reserve should hold by the schedule, at closing and after each payment."""
    terms = deal.financing or Financing()
    first = min(described.rank for described in deal.debt)
    service = sum(
        (t.schedule.debt_service for d, t in zip(deal.debt, found, strict=True) if d.rank == first),
        np.maximum(-settled, 0.0),
    )
    return dsra_target(service, each(terms.reserve_months), line.frequency)


def uses_of(deal: Deal, line: Timeline, found: tuple[Tranche, ...], target: Floats) -> Uses:
    """Return sources and uses at closing.

    Raises
    ------
    DealError
        Sources that exceed the uses.
    """
    terms = deal.financing or Financing()
    later = np.asarray(sum((t.undrawn[..., 0] for t in found), np.zeros(())))
    lent = np.asarray(sum((t.schedule.opening[..., 0] for t in found), np.zeros(())))
    hardware = np.asarray(sum((each(a.cost) for a in deal.assets), np.zeros(()))) - later
    fee, discount = each(terms.upfront_fee) * (lent + later), each(terms.discount) * lent
    reserve = target[..., 0]
    prepaid = np.asarray(each(terms.prepaid)) if deal.cash is not None else _row(prepaid_at_closing(deal, line))
    equity = hardware + reserve + fee + discount - lent - prepaid
    if deal.financing is not None and (equity < -1e-9 * hardware).any():
        raise DealError([
            f"financing: debt of {float(lent.flat[0]):,.0f} USD and prepaid must not exceed hardware, reserve, fee and "
            f"discount together, they do by {-float(equity.min()):,.0f} USD"
        ])  # fmt: skip
    equity = np.maximum(equity, 0.0)
    return Uses(
        *(np.broadcast_to(x, equity.shape).copy() for x in (hardware, reserve, fee, discount, lent, prepaid, equity))
    )


def _row(column: Floats) -> Floats:
    return column[..., 0] if column.ndim else column


def payments(
    deal: Deal, line: Timeline, found: tuple[Tranche, ...], terms: Terms, covenants: Sequence[term_sheet.Covenant] = ()
) -> Waterfall:
    """Return what the waterfall of a deal pays.

    A deal that describes neither financing nor covenants and whose cash pays everything when it falls due is its
    schedule; its waterfall is written down without being run.

    Raises
    ------
    DealError
        Terms that contradict each other.
    """
    shape = (*np.broadcast_shapes(terms.cash.shape[:-1], found[0].rate.shape[:-1]), line.ends.size)
    late = np.ones(shape[:-1], dtype=np.bool_)
    plain = None
    if deal.financing is None and not covenants:
        plain = _as_scheduled(deal, line, found, terms, shape)
        late = _short(plain)
        if not late.any():
            return plain
    try:
        paid = _run(deal, line, _picked(found, late, shape[:-1]), _picked(terms, late, shape[:-1]), covenants, late)
    except ModelError as error:
        raise DealError([f"financing: {error.sentence}"]) from None
    return paid if plain is None or late.all() else _merged(plain, paid, late)


def _run(
    deal: Deal,
    line: Timeline,
    found: tuple[Tranche, ...],
    terms: Terms,
    covenants: Sequence[term_sheet.Covenant],
    rows: npt.NDArray[np.bool_],
) -> Waterfall:
    said = deal.financing or Financing()
    ranks = [described.rank for described in deal.debt]
    first, months = min(ranks), _of(each(said.reserve_months), rows)
    # Where a sweep shortens the schedule the reserve follows what is then still due.
    ahead = months * line.frequency / 12 if said.sweeps else 0.0
    tax = taxation(deal, line)
    if tax is not None:
        tax = replace(tax, **{f.name: _of(getattr(tax, f.name), rows) for f in fields(tax)})
    return waterfall(
        terms.cash,
        [
            term_sheet.Tranche(
                t.schedule.opening[..., 0],
                t.rate,
                t.schedule.principal,
                described.rank,
                draws=t.schedule.draw,
                pik=t.pik,
                overdue_margin=_of(amount(described.default_margin), rows),
                order=described.prepayments,
                matures=line.payments(described.maturity),
            )
            for described, t in zip(deal.debt, found, strict=True)
        ],
        [
            term_sheet.Reserve(
                0.0 if said.sweeps else terms.target[..., 1:], terms.target[..., 0], first, periods_ahead=ahead
            )
        ],
        fees=terms.fees,
        hedge=terms.settled,
        sweep=_sweep(said, terms.base, rows),
        lockup=_lockup(said, line, rows),
        minimum_cash=_of(amount(said.minimum_cash), rows),
        tax=tax,
        covenants=covenants,
    )


def _sweep(terms: Financing, base: Floats, rows: npt.NDArray[np.bool_]) -> term_sheet.Sweep | None:
    if not terms.sweeps:
        return None
    return term_sheet.Sweep(
        _of(amount(terms.sweep), rows),
        tuple((_of(band.loan_to_value.value, rows), _of(band.share.value, rows)) for band in terms.sweep_bands),
        base if terms.sweep_bands else None,
        _of(amount(terms.sweep_down_to), rows),
    )


def _lockup(terms: Financing, line: Timeline, rows: npt.NDArray[np.bool_]) -> term_sheet.LockUp | None:
    if terms.lockup is None:
        return None
    months = None if terms.lockup_months is None else float(np.max(terms.lockup_months.value))
    window = 1 if months is None else max(1, round(months * line.frequency / 12))
    return term_sheet.LockUp(_of(terms.lockup.value, rows), window)


def _as_scheduled(
    deal: Deal, line: Timeline, found: tuple[Tranche, ...], terms: Terms, shape: tuple[int, ...]
) -> Waterfall:
    """Everything is paid when it falls due, and what is left is distributed."""

    def full(line_: npt.ArrayLike) -> Floats:
        return np.broadcast_to(np.asarray(line_, dtype=np.float64), shape).copy()

    none, tax = np.zeros(shape), taxation(deal, line)
    interest = sum((t.schedule.interest for t in found), none)
    levy = none
    if tax is not None:
        # A swap may bring more than the interest: what is left over is income.
        profit = full(terms.cash - terms.fees + terms.settled - interest)
        levy = cash_tax(profit, 0.0, tax.depreciation, tax.rate, tax.losses, tax.loss_use_limit).tax
    cash = full(terms.cash - levy)
    scheduled = sum((t.schedule.debt_service for t in found), none)
    service = np.maximum(scheduled - terms.settled, 0.0)
    received, paid = full(np.maximum(terms.settled, 0.0)), full(np.maximum(-terms.settled, 0.0))
    left = cash + received - paid - terms.fees - scheduled
    lines: dict[str, Any] = {
        "cfads": cash, "tax": full(levy), "fees_due": full(terms.fees), "fees_paid": full(terms.fees),
        "hedge_received": received, "hedge_due": paid, "hedge_paid": paid, "debt_service": full(service),
        "dscr": dscr(cash, service), "distribution": np.maximum(left, 0.0),
    }  # fmt: skip
    empty: dict[str, Any] = {
        f.name: none for f in fields(Waterfall) if f.name not in (*lines, "locked", "tranches", "reserves", "covenants")
    }
    return Waterfall(
        **lines, **empty, locked=np.zeros(shape, dtype=np.bool_), tranches=tuple(_planned(t, full) for t in found),
        reserves=(ReserveLines(**dict.fromkeys((f.name for f in fields(ReserveLines)), none)),),
    )  # fmt: skip


def _planned(tranche: Tranche, full: Callable[[npt.ArrayLike], Floats]) -> TrancheLines:
    plan = tranche.schedule
    current, none = full(plan.interest - plan.capitalised), full(0.0)
    lines = {
        "opening": full(plan.opening), "draws": full(plan.draw), "interest": full(plan.interest),
        "capitalised": full(plan.capitalised), "interest_due": current, "interest_paid": current,
        "scheduled": full(plan.debt_service), "principal_due": full(plan.principal),
        "principal_paid": full(plan.principal), "closing": full(plan.closing),
    }  # fmt: skip
    return TrancheLines(**lines, **{f.name: none for f in fields(TrancheLines) if f.name not in lines})


def _short(plain: Waterfall) -> npt.NDArray[np.bool_]:
    """Which loans cannot pay everything when it falls due."""
    due = plain.debt_service + plain.fees_due
    return np.asarray(((plain.cfads < 0) | (due - plain.cfads - plain.hedge_received > _TOLERANCE * due)).any(axis=-1))


def _picked(part: Any, rows: npt.NDArray[np.bool_], loans: tuple[int, ...]) -> Any:
    """Records of arrays, one row for each loan or one for all, with the rows of some loans only."""
    if isinstance(part, np.ndarray):
        return np.broadcast_to(part, (*loans, part.shape[-1]))[rows]
    if isinstance(part, tuple):
        return tuple(_picked(one, rows, loans) for one in part)
    if is_dataclass(part) and not isinstance(part, type):
        return replace(part, **{f.name: _picked(getattr(part, f.name), rows, loans) for f in fields(part)})
    return part


def _of(part: Any, rows: npt.NDArray[np.bool_]) -> Any:
    """The rows of some loans, of whatever has a row for each."""
    if isinstance(part, np.ndarray):
        return part[rows] if part.ndim and part.shape[0] == rows.size and rows.size > 1 else part
    if isinstance(part, tuple):
        return tuple(_of(one, rows) for one in part)
    return part


def _merged(whole: Any, part: Any, rows: npt.NDArray[np.bool_]) -> Any:
    """What was written down for all loans, with what was run for some of them in its place."""
    if isinstance(whole, tuple):
        return tuple(_merged(a, b, rows) for a, b in zip(whole, part, strict=True))
    if isinstance(whole, np.ndarray):
        found = whole.copy()
        found[rows] = part
        return found
    return type(whole)(**{f.name: _merged(getattr(whole, f.name), getattr(part, f.name), rows) for f in fields(whole)})
