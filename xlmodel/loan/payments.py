"""The payments of one period: claims by rank, reserves that help, prepayments."""

from collections.abc import Callable, Sequence

import numpy as np

from xlmodel.loan.accounts import DebtAccount, Pool, ReserveAccount, Rows
from xlmodel.maths.domain import Floats

Claim = tuple[Floats, Callable[[Floats], None]]
"""What is due, and who takes what is paid on it."""


def cover(pool: Pool, need: Floats, funds: Sequence[ReserveAccount]) -> None:
    """Draw what the pool lacks from reserves: their cash first, then their letters of credit."""
    for fund in funds:
        pool.add(fund.draw(np.maximum(need - pool.cash, 0.0)))
    for fund in funds:
        pool.add(fund.draw_letter(np.maximum(need - pool.cash, 0.0)))


def prepay(pool: Pool, amount: Floats, debts: Sequence[DebtAccount], ranks: Sequence[int]) -> None:
    """Prepay debt out of the pool, rank by rank and pro rata to what is owed."""
    swept = Pool(pool.pay(amount))
    for rank in ranks:
        same = [d for d in debts if d.rank == rank]
        swept.pay_out([d.owed for d in same], [d.sweep for d in same])
    pool.add(swept.cash)


def into(rows: Floats, k: int) -> Callable[[Floats], None]:
    """Add what is paid to a line."""

    def receive(paid: Floats) -> None:
        rows[k] += paid

    return receive


def total(batch: tuple[int, ...], parts: Sequence[Floats]) -> Floats:
    """The sum of one amount a loan from each part, 0 of none."""
    answer = np.zeros(batch)
    for part in parts:
        answer = answer + part
    return answer


def hedge_ahead(rows: Rows, k: int, periods: Floats) -> Floats:
    """Net payments under the hedge in the coming periods."""
    answer = np.zeros(periods.shape)
    for j in range(k + 1, min(k + 1 + int(np.ceil(periods.max())), len(rows))):
        answer = answer + np.minimum(np.maximum(periods - (j - k - 1), 0.0), 1.0) * np.maximum(-rows[j], 0.0)
    return answer
