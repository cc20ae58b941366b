"""Who is paid from the cash of every period: ranked debt, reserves, hedge, sweep, lock-up, distributions.

Nothing is refused for want of cash. What cannot be paid is carried and ranks where it ranked; what a line pays never
exceeds what is there; and every period's sources are its uses.
"""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from xlmodel.asset.cfads import period_tax
from xlmodel.errors import InputError, RangeError
from xlmodel.loan.accounts import DebtAccount, Pool, ReserveAccount, time_last, timed
from xlmodel.loan.covenant_account import CovenantAccount
from xlmodel.loan.lockup import CoverageTest
from xlmodel.loan.payments import Claim, cover, hedge_ahead, into, prepay, total
from xlmodel.loan.sweep import SweepShare
from xlmodel.loan.term_sheet import Covenant, LockUp, Reserve, Sweep, Taxation, Tranche
from xlmodel.loan.waterfall_lines import ReserveLines, TrancheLines, Waterfall
from xlmodel.maths.domain import Floats, broadcast, real, series

_DUST = 1e-9
"""Service below this share of what is lent is rounding, and no ratio is built on it."""
_LINES = tuple(f.name for f in fields(Waterfall) if f.name not in ("locked", "tranches", "reserves", "covenants"))


def waterfall(
    cfads: ArrayLike,
    tranches: Sequence[Tranche],
    reserves: Sequence[Reserve] = (),
    *,
    cash: ArrayLike = 0.0,
    fees: ArrayLike = 0.0,
    hedge: ArrayLike = 0.0,
    hedge_break: ArrayLike = 0.0,
    hedge_break_rank: str = "senior",
    equity: ArrayLike = 0.0,
    proceeds: ArrayLike = 0.0,
    sweep: Sweep | None = None,
    lockup: LockUp | None = None,
    minimum_cash: ArrayLike = 0.0,
    distribute: bool = True,
    tax: Taxation | None = None,
    covenants: Sequence[Covenant] = (),
) -> Waterfall:
    """Apply the cash of every period to its uses in their order.

    ``opening cash + cash flow + equity + reserves = costs + fees + service + reserves + prepayments + distributions
    + closing cash``

    The order within a period: interest accrues on the opening balance; proceeds of events repay debt by rank, overdue
    interest first, and what they leave joins the cash; operating reserves release what exceeds their target. Then are
    paid operating shortfalls, fees, reserves of rank 0, and rank by rank the interest (with rank 1 the hedge), the
    principal (with rank 1 a senior break cost) and the reserves of the rank; last a junior break cost. A rank that is
    short draws the cash on the account first, then its own debt service reserves, then their letters of credit; what
    such a reserve then holds above its target goes to the top. A share of
    the period's excess prepays the debt by rank. The coverage is tested, and what is left above the minimum is
    distributed or kept.

    Parameters
    ----------
    cfads
        Cash flow available for debt service, before tax when `tax` is given, money a period, any sign, time last. It
        sets the number of periods together with the tranches.
    tranches
        The debt, at least one piece.
    reserves
        Reserve accounts; those of one rank are drawn and filled in the order given.
    cash
        On the account at closing, at least 0, shape (...).
    fees
        Paid before any interest, at least 0, by period.
    hedge
        Settlement of the hedge by period, positive when received.
    hedge_break
        Cost of breaking the hedge, at least 0, by period.
    hedge_break_rank
        "senior" shares with the principal of rank 1, "junior" ranks after all debt.
    equity
        Put in by the sponsors, at least 0, by period: cash for every use, and for the coverage tested.
    proceeds
        Insurance, loss or termination payments, which prepay debt, at least 0, by period. A cure counted as
        prepayment is one of them.
    sweep, lockup, tax
        As described by `Sweep`, `LockUp` and `Taxation`; none when omitted.
    minimum_cash
        Kept before anything is swept or distributed, at least 0, by period.
    distribute
        False keeps all cash on the account.
    covenants
        As described by `Covenant`. A coverage is tested when the service of the period has fallen due and before it is
        paid, so that what equity puts in to cure it is cash of that date; nothing is distributed on such a date.

    Returns
    -------
    Waterfall
        Every line by period. A tranche that is not fully scheduled stays owed at the end.

    Raises
    ------
    InputError
        No tranche, ranges that do not fit, a debt service reserve of a rank without debt.
    RangeError
        A negative amount or rate where none can be.

    Notes
    -----
    The excess that is swept is the cash of the period after all uses before it, limited by what the account holds
    above its minimum; cash trapped earlier is not swept again. A period's own principal is due before its draws.
    Equity and proceeds are not taxed.

    Examples
    --------
    >>> loan = Tranche(balance=100, rate=0.05, principal=[15, 15, 15, 15])
    >>> paid = waterfall([40, 35, 20, 10], [loan], sweep=Sweep(0.5))
    >>> paid.tranches[0].closing.tolist(), float(paid.overdue[-1].round(6))
    ([75.0, 51.875, 35.671875, 27.45546875], 6.783594)
    """
    if not tranches:
        raise InputError("tranches is empty: at least one is expected", "tranches")
    if hedge_break_rank not in ("senior", "junior"):
        raise InputError(f"hedge_break_rank must be 'senior' or 'junior', got {hedge_break_rank!r}", "hedge_break_rank")
    debts = [DebtAccount(t, i) for i, t in enumerate(tranches, 1)]
    funds = [ReserveAccount(r, i) for i, r in enumerate(reserves, 1)]
    for f in funds:
        if f.serves == "debt_service" and f.rank not in {d.rank for d in debts}:
            raise InputError(f"rank {f.rank} of a debt service reserve must be that of a tranche", "reserves")
    accounts: list[DebtAccount | ReserveAccount] = [*debts, *funds]
    flows = {
        "cfads": series("cfads", cfads),
        "fees": series("fees", fees, 0),
        "hedge": series("hedge", hedge),
        "hedge_break": series("hedge_break", hedge_break, 0),
        "equity": series("equity", equity, 0),
        "proceeds": series("proceeds", proceeds, 0),
        "minimum_cash": series("minimum_cash", minimum_cash, 0),
    }
    loans = {"cash": real("cash", cash, 0)}
    taxed = {} if tax is None else {
        "tax_rate": series("tax_rate", tax.rate, 0, 1),
        "depreciation": series("depreciation", tax.depreciation, 0),
    }  # fmt: skip
    taxed_loans = {} if tax is None else {
        "losses": real("losses", tax.losses, 0),
        "loss_use_limit": real("loss_use_limit", tax.loss_use_limit, 0, 1),
    }  # fmt: skip
    share, test = SweepShare(sweep), CoverageTest(lockup)
    agreed = [CovenantAccount(c, i) for i, c in enumerate(covenants, 1)]
    given = {
        **flows, **taxed, **share.flows, **test.flows, **{n: x for c in agreed for n, x in c.inputs.items()},
        **{name: x[..., None] for name, x in (loans | taxed_loans).items()},
        **{name: x for account in accounts for name, x in account.inputs.items()},
    }  # fmt: skip
    # Single numbers fit everything, so that a sentence about ranges that do not fit names those that are ranges.
    broadcast(**{name: x for name, x in given.items() if x.size > 1})
    shape = np.broadcast_shapes(*(x.shape for x in given.values()))
    count, batch = shape[-1], shape[:-1]
    for account in accounts:
        account.begin(count, batch)
    share.begin(count)
    test.begin(count, batch)
    size = total(batch, [d.size for d in debts])
    for c in agreed:
        c.begin(count, batch)
    coverages = [c for c in agreed if c.terms.kind == "coverage"]
    ranks = sorted({d.rank for d in debts} | {f.rank for f in funds if f.rank > 0})
    first, senior = min(d.rank for d in debts), hedge_break_rank == "senior"
    by_time = {name: timed(x, count) for name, x in (flows | taxed).items()}
    losses = taxed_loans.get("losses", np.zeros(batch))
    out = {name: np.zeros((count, *batch)) for name in _LINES}
    locked = np.zeros((count, *batch), dtype=np.bool_)
    pool = Pool(np.zeros(batch) + loans["cash"])
    unpaid = {name: np.zeros(batch) for name in ("operating", "fees", "hedge", "break")}

    # Amounts too large to be added are refused by their result, as no single one of them is at fault.
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(count):
            line = {name: rows[k] for name, rows in by_time.items()}
            out["opening_cash"][k] = opening = pool.cash
            for d in debts:
                d.accrue(k)
            earned, due = line["cfads"], np.maximum(-line["hedge"], 0.0)
            if tax is not None:
                accrued = total(batch, [d.accrued for d in debts])
                profit = earned - line["fees"] + line["hedge"] - accrued - line["depreciation"]
                levy, losses = period_tax(profit, losses, line["tax_rate"], taxed_loans["loss_use_limit"])
                out["tax"][k] = levy
                earned = earned - levy
            out["cfads"][k], out["equity"][k], out["proceeds"][k] = earned, line["equity"], line["proceeds"]
            out["hedge_received"][k] = received = np.maximum(line["hedge"], 0.0)
            event = Pool(np.zeros(batch) + line["proceeds"])
            for rank in ranks:
                same = [d for d in debts if d.rank == rank]
                event.pay_out([d.interest_overdue for d in same], [d.repay_overdue for d in same])
                event.pay_out([d.owed for d in same], [d.prepay for d in same])
            still = (
                np.any([c.does("standstill") for c in agreed], axis=0) if agreed else np.zeros(batch, dtype=np.bool_)
            )
            for d in debts:
                d.fall_due(still)
            alive = total(batch, [d.owed + d.still_to_draw(k) for d in debts]) > 0
            cured, prepaid = _cured(k, coverages, debts, ranks, earned + line["equity"], opening, line["hedge"], alive)
            out["cure"][k], out["cure_prepaid"][k] = cured, prepaid
            out["equity"][k], out["proceeds"][k] = line["equity"] + cured, line["proceeds"] + prepaid
            pool.add(np.maximum(earned, 0.0) + received + line["equity"] + cured + event.cash)
            for f in funds:
                owed_soon = [d.ahead(k, f.periods) for d in debts if d.rank == f.rank] if f.looks_ahead else []
                if f.looks_ahead and f.rank == first:
                    owed_soon.append(hedge_ahead(by_time["hedge"], k, f.periods))
                f.start(k, total(batch, owed_soon))
                if f.serves == "operating":
                    pool.add(f.release())

            costs = np.maximum(-earned, 0.0) + unpaid["operating"]
            for f in funds:
                costs = costs + f.spend(k)
            serving = [f for f in funds if f.serves == "operating"]
            cover(pool, costs, serving)
            bill = line["fees"] + unpaid["fees"]
            swap, cost = due + unpaid["hedge"], line["hedge_break"] + unpaid["break"]
            dues = {"operating": costs, "fees": bill, "hedge": swap, "break": cost}
            for name, amount in dues.items():
                out[f"{name}_due"][k] = amount

            def claims_of(rank: int, k: int = k, dues: dict[str, Floats] = dues) -> tuple[list[Claim], list[Claim]]:
                """What is due to a rank and not yet paid, interest and principal."""
                same = [d for d in debts if d.rank == rank]
                interest: list[Claim] = [(d.interest_unpaid, d.pay_interest) for d in same]
                principal: list[Claim] = [(d.principal_unpaid, d.pay_principal) for d in same]
                for name, claims, here in (("hedge", interest, True), ("break", principal, senior)):
                    if rank == first and here:
                        claims.append((dues[name] - out[f"{name}_paid"][k], into(out[f"{name}_paid"], k)))
                return interest, principal

            def running_costs(k: int = k, dues: dict[str, Floats] = dues) -> None:
                for name in ("operating", "fees"):
                    out[f"{name}_paid"][k] += pool.pay(dues[name] - out[f"{name}_paid"][k])

            running_costs()
            for f in funds:
                if f.rank == 0:
                    f.fill(pool)

            for rank in ranks:
                own = [f for f in funds if f.rank == rank and f.serves == "debt_service"]
                for claims in claims_of(rank):
                    cover(pool, total(batch, [amount for amount, _ in claims]), own)
                    pool.pay_out([amount for amount, _ in claims], [receive for _, receive in claims])
                freed = total(batch, [f.release() for f in own])
                if (freed > 0).any():
                    # What the rank no longer needs goes to the top: nobody below is paid before those above it.
                    pool.add(freed)
                    running_costs()
                    for above in ranks[: ranks.index(rank)]:
                        for claims in claims_of(above):
                            pool.pay_out([amount for amount, _ in claims], [receive for _, receive in claims])
                for f in funds:
                    if f.rank == rank:
                        f.fill(pool)
            if not senior:
                out["break_paid"][k] = pool.pay(cost)
            unpaid = {name: amount - out[f"{name}_paid"][k] for name, amount in dues.items()}

            least = line["minimum_cash"]
            excess = np.maximum(np.minimum(pool.cash - opening, pool.cash - least), 0.0)
            owed = total(batch, [d.owed for d in debts])
            part, floor = share.of(k, owed)
            for c in agreed:
                # What a test after the payments finds is swept from the next period on.
                part = np.maximum(part, c.sweep(k))
            out["share"][k] = part
            prepay(pool, np.minimum(part * excess, np.maximum(owed - floor, 0.0)), debts, ranks)

            service = [d.scheduled if test.counts(d.rank) else np.zeros(batch) for d in debts]
            due_of_all = np.maximum(total(batch, [d.scheduled for d in debts]) - line["hedge"], 0.0)
            out["debt_service"][k] = np.where(due_of_all <= _DUST * size, 0.0, due_of_all)
            for c in agreed:
                if c.terms.kind == "leverage":
                    c.test_leverage(k, total(batch, [d.outstanding(k) for d in debts]), alive)
            due_now = np.maximum(total(batch, service) - line["hedge"], 0.0)
            due_now = np.where(due_now <= _DUST * size, 0.0, due_now)
            held = test.passes(k, earned + line["equity"] + cured, due_now)
            out["dscr"][k] = test.ratio
            prepay(pool, np.where(test.prepays, np.maximum(pool.cash - least, 0.0), 0.0), debts, ranks)
            done = total(batch, [d.owed + d.still_to_draw(k) for d in debts]) <= 0
            for c in agreed:
                held = held | c.does("lock_up")
            held = held & ~done
            locked[k] = held
            # Nobody takes out on a day the cash that equity puts in on it.
            held = held | (cured > 0)
            free = np.maximum(pool.cash - least, 0.0)
            out["trapped"][k] = np.where(held, free, 0.0)
            for c in agreed:
                for d in debts:
                    d.accelerate(k, c.does("acceleration"))
                    d.step(k + 1, c.margin(min(k + 1, count - 1)))
            out["distribution"][k] = pool.pay(np.where(held | (not distribute), 0.0, free))
            for d in debts:
                d.close(k)
            for f in funds:
                f.close(k)
            out["cash"][k] = pool.cash
    finite = np.isfinite(out["cash"]) & np.isfinite(total(batch, [d.lines["closing"] for d in debts]))
    if not finite.all():
        raise RangeError("the amounts grow beyond what can be counted: look at the rates and balances", "tranches")
    return Waterfall(
        **{name: time_last(rows) for name, rows in out.items()},
        locked=np.ascontiguousarray(np.moveaxis(locked, 0, -1)),
        tranches=tuple(TrancheLines(**{n: time_last(x) for n, x in d.lines.items()}) for d in debts),
        reserves=tuple(ReserveLines(**{n: time_last(x) for n, x in f.lines.items()}) for f in funds),
        covenants=tuple(c.written() for c in agreed),
    )


def _cured(
    k: int,
    coverages: Sequence[CovenantAccount],
    debts: Sequence[DebtAccount],
    ranks: Sequence[int],
    cash: Floats,
    opening_cash: Floats,
    hedge: Floats,
    alive: npt.NDArray[np.bool_],
) -> tuple[Floats, Floats]:
    """Test the coverages of a period; return what equity puts in to cure them, as cash and as a prepayment.

    Each sees what was put in for those before it, so that several cures of a date take what the largest needs.
    """
    batch = cash.shape
    put_in, prepaid = np.zeros(batch), np.zeros(batch)
    if not coverages:
        return put_in, prepaid
    service = np.maximum(total(batch, [d.scheduled for d in debts]) - hedge, 0.0)
    service = np.where(service <= _DUST * total(batch, [d.size for d in debts]), 0.0, service)
    principal = total(batch, [d.instalment for d in debts])
    for c in coverages:
        c.coverage(k, cash, opening_cash, service, principal)
    for c in coverages:
        owed = total(batch, [d.owed - d.principal_due for d in debts]) - prepaid
        more, early = c.test_coverage(k, np.maximum(owed, 0.0), alive)
        if (more > 0).any() or (early > 0).any():
            kept = np.where(owed > 0, 1 - early / np.where(owed > 0, owed, 1.0), 1.0)
            for other in coverages:
                if c.terms.counts_as == "cfads":
                    other.counted(more)
                other.shrunk(kept)
            pool = Pool(early)
            for rank in ranks:
                same = [d for d in debts if d.rank == rank]
                pool.pay_out([np.maximum(d.owed - d.principal_due, 0.0) for d in same], [d.cure for d in same])
            put_in, prepaid = put_in + more, prepaid + early
    for c in coverages:
        c.settle_coverage(k, alive)
    return put_in, prepaid
