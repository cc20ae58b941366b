"""A second model of a loan, in plain loops and with nothing of the engine: what falls due, is paid and stays owed.

One tranche, one lock-up by any covenant, no reserve: interest on what is owed, past due included; principal by a given
plan; what is short is past due and is asked for again; what is left is distributed unless a test of the date fails.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field


@dataclass
class Paid:
    """What the loops found, by period."""

    service: list[float] = field(default_factory=list)
    owed: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    distributed: list[float] = field(default_factory=list)
    cash: list[float] = field(default_factory=list)

    @property
    def outstanding(self) -> list[float]:
        """Principal and interest past due."""
        return [a + b for a, b in zip(self.owed, self.late, strict=True)]


def level(amount: float, rate: float, count: int) -> list[float]:
    """Principal of a level loan."""
    payment = amount * rate / (1 - (1 + rate) ** -count)
    owed, plan = amount, []
    for _ in range(count):
        plan.append(payment - owed * rate)
        owed -= plan[-1]
    return plan


def pay(
    cash: Sequence[float],
    amount: float,
    rate: float,
    plan: Sequence[float],
    locks: Callable[[int, list[float], list[float], float], bool] = lambda *_: False,
) -> Paid:
    """Step a loan through its periods.

    `locks(k, cash, service, outstanding)` says whether distributions are locked up after the payment of period k.
    """
    found, owed, account = Paid(), amount, 0.0
    late_interest = late_principal = 0.0
    services: list[float] = []
    for k, earned in enumerate(cash):
        everything_late = late_principal > 0 and owed <= late_principal * (1 + 1e-12)
        due_now = min(plan[k], max(owed - late_principal, 0.0))
        if k == len(cash) - 1:
            due_now = max(owed - late_principal, 0.0)
        interest = owed * rate
        services.append((0.0 if everything_late else interest) + due_now)
        interest_due = interest + late_interest * rate + late_interest
        principal_due = due_now + late_principal
        have = account + max(earned, 0.0) - max(-earned, 0.0)
        assert have >= 0, "this model knows no unpaid costs"
        paid_interest = min(interest_due, have)
        paid_principal = min(principal_due, have - paid_interest)
        late_interest, late_principal = interest_due - paid_interest, principal_due - paid_principal
        owed -= paid_principal
        left = have - paid_interest - paid_principal
        if owed > 1e-9 * amount and locks(k, list(cash[: k + 1]), services, owed + late_interest):
            account, out = left, 0.0
        else:
            account, out = 0.0, left
        found.service.append(services[-1])
        found.owed.append(owed)
        found.late.append(late_interest)
        found.distributed.append(out)
        found.cash.append(account)
    return found


def case_a() -> tuple[list[float], Paid]:
    """Case A: its cash, and what it pays; any of its tests below its lock-up level or in default keeps the cash."""
    hours, units = 2190.0, 1000.0
    cash = [
        units * hours * (2.4 * 0.7 ** ((k + 0.5) / 4) * 0.85 - 0.3526)
        for k in range(16)
    ]  # fmt: skip
    plan = level(28e6, 0.03, 16)

    def locks(k: int, earned: list[float], service: list[float], outstanding: float) -> bool:
        if earned[k] / service[k] < 1.0:
            return True
        return k >= 3 and sum(earned[k - 3 : k + 1]) / sum(service[k - 3 : k + 1]) < 1.2

    return cash, pay(cash, 28e6, 0.03, plan, locks)
