"""What a miner earns: bitcoin by share of the network, the price of hash, and the price at which power is all of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from xlmodel.asset.rental import period_hours
from xlmodel.maths.domain import Floats, broadcast, real, series, whole

BLOCKS_PER_DAY: Final = 144.0
"""One block in ten minutes, which the network's difficulty keeps to."""


def subsidy_path(
    subsidy: npt.ArrayLike, periods: int, frequency: int = 4, halving_years: float | None = None
) -> Floats:
    """Return the block subsidy of each period: it halves on a date and every four years after it.

    ``subsidy · mean of 2^−n(t)`` over the period, n the halvings that have passed

    Parameters
    ----------
    subsidy
        BTC a block at closing, at least 0, shape (...).
    periods
        How many, at least 1.
    frequency
        Periods a year: 12, 4, 2 or 1.
    halving_years
        From closing to the next halving, at least 0; none falls into the periods when omitted.

    Returns
    -------
    Shape (..., periods). A period in which it halves gets the mean by time.

    Notes
    -----
    The protocol halves every 210,000 blocks, which at 144 a day is 3.99 years; four are taken.

    Examples
    --------
    >>> subsidy_path(3.125, 3, 1, halving_years=1.5).tolist()
    [3.125, 2.34375, 1.5625]
    """
    now, count = real("subsidy", subsidy, 0), whole("periods", periods, 1)
    a_year = round(8760.0 / float(period_hours(frequency)))
    ends = np.arange(1, count + 1)
    weight = np.ones(count)
    if halving_years is not None:
        at, left = float(real("halving_years", halving_years, 0)) * a_year, 1.0
        while at < count:
            # Each halving takes half of what then is, for the part of every period that lies after it.
            weight = weight - np.clip(ends - at, 0.0, 1.0) * left / 2
            at, left = at + 4 * a_year, left / 2
    return np.ascontiguousarray(now[..., None] * weight)


def bitcoin_mined(
    hashrate: npt.ArrayLike,
    network_hashrate: npt.ArrayLike,
    days: npt.ArrayLike,
    subsidy: npt.ArrayLike = 3.125,
    fees_per_block: npt.ArrayLike = 0.0,
    uptime: npt.ArrayLike = 1.0,
    pool_fee: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the bitcoin mined in each period: the share of the network's hashrate times the blocks of the period.

    ``BTC = u · h / H · (subsidy + fees) · 144 · days · (1 − pool fee)``

    Parameters
    ----------
    hashrate
        The miner's, EH/s or any unit, at least 0, shape (..., periods); every argument broadcasts.
    network_hashrate
        Of the whole network, the miner included, in the same unit, greater than 0.
    days
        Of the period, at least 0.
    subsidy, fees_per_block
        BTC a block, at least 0.
    uptime
        Share of the time the machines run, 0 to 1.
    pool_fee
        Share the pool keeps, 0 to 1.

    Raises
    ------
    RangeError
        More running hashrate than the network has.

    Examples
    --------
    >>> round(float(bitcoin_mined(10, 1000, 30, 3.125)), 6)
    135.0
    """
    own, network = real("hashrate", hashrate, 0), real("network_hashrate", network_hashrate, above=0)
    length, block, tips = real("days", days, 0), real("subsidy", subsidy, 0), real("fees_per_block", fees_per_block, 0)
    running, kept = real("uptime", uptime, 0, 1), 1 - real("pool_fee", pool_fee, 0, 1)
    broadcast(
        hashrate=own, network_hashrate=network, days=length, subsidy=block, fees_per_block=tips, uptime=running,
        pool_fee=kept,
    )  # fmt: skip
    share = real("hashrate over network_hashrate", running * own / network, 0, 1)
    return np.asarray(share * (block + tips) * BLOCKS_PER_DAY * length * kept)


def hashprice(
    btc_price: npt.ArrayLike,
    network_hashrate: npt.ArrayLike,
    subsidy: npt.ArrayLike = 3.125,
    fees_per_block: npt.ArrayLike = 0.0,
) -> Floats:
    """Return what a unit of hashrate earns a day: ``(subsidy + fees) · 144 · BTC price / network hashrate``.

    Parameters
    ----------
    btc_price
        USD per BTC, at least 0; every argument broadcasts.
    network_hashrate
        In the unit the price is meant for, greater than 0: in PH/s for the usual USD per PH/s and day.
    subsidy, fees_per_block
        BTC a block, at least 0.

    Examples
    --------
    A network of 1,000 EH/s, which is a million PH/s:

    >>> float(hashprice(100_000, 1_000_000, 3.125))
    45.0
    """
    price, network = real("btc_price", btc_price, 0), real("network_hashrate", network_hashrate, above=0)
    block, tips = real("subsidy", subsidy, 0), real("fees_per_block", fees_per_block, 0)
    broadcast(btc_price=price, network_hashrate=network, subsidy=block, fees_per_block=tips)
    return np.asarray((block + tips) * BLOCKS_PER_DAY * price / network)


def hashprice_breakeven(
    efficiency: npt.ArrayLike,
    usd_per_kwh: npt.ArrayLike,
    other_cost: npt.ArrayLike = 0.0,
    pool_fee: npt.ArrayLike = 0.0,
) -> Floats:
    """Return the hashprice at which a machine just pays for its power.

    ``(e · 24 · USD per kWh + other) / (1 − pool fee)``: 1 PH/s at e J/TH draws e kW

    Parameters
    ----------
    efficiency
        J per TH, at least 0; every argument broadcasts. Multiply by the power usage effectiveness of the site.
    usd_per_kwh
        Price of power; negative in some markets and hours.
    other_cost
        Hosting and the like, USD per PH/s and day, at least 0.
    pool_fee
        Share the pool keeps, at least 0 and below 1.

    Returns
    -------
    USD per PH/s and day.

    Examples
    --------
    >>> round(float(hashprice_breakeven(20, 0.06)), 10)
    28.8
    """
    joules, power = real("efficiency", efficiency, 0), real("usd_per_kwh", usd_per_kwh)
    other, fee = real("other_cost", other_cost, 0), real("pool_fee", pool_fee, 0, below=1)
    broadcast(efficiency=joules, usd_per_kwh=power, other_cost=other, pool_fee=fee)
    return np.asarray((joules * 24 * power + other) / (1 - fee))


@dataclass(frozen=True, slots=True)
class MiningCash:
    """What a fleet of miners earns, shape (..., periods).

    Attributes
    ----------
    bitcoin
        BTC mined.
    revenue
        Its value, USD.
    power
        Power paid, USD.
    running
        1 where the machines run, 0 where they are switched off because power costs more than they earn.
    """

    bitcoin: Floats
    revenue: Floats
    power: Floats
    running: Floats


def mining_cash(
    hashrate: npt.ArrayLike,
    network_hashrate: npt.ArrayLike,
    btc_price: npt.ArrayLike,
    efficiency: npt.ArrayLike,
    usd_per_kwh: npt.ArrayLike,
    days: npt.ArrayLike,
    subsidy: npt.ArrayLike = 3.125,
    fees_per_block: npt.ArrayLike = 0.0,
    uptime: npt.ArrayLike = 1.0,
    pool_fee: npt.ArrayLike = 0.0,
    switches_off: bool = False,
) -> MiningCash:
    """Return the revenue and the power bill of a mining fleet by period.

    ``revenue = BTC · price``; ``power = u · h · e · 24 · days · USD per kWh``, h in PH/s and e in J/TH

    Parameters
    ----------
    hashrate, network_hashrate
        PH/s, as of `bitcoin_mined`, shape (..., periods).
    btc_price, efficiency, usd_per_kwh, days, subsidy, fees_per_block, uptime, pool_fee
        As of `hashprice_breakeven` and `bitcoin_mined`; every argument broadcasts.
    switches_off
        True stops the machines in a period in which power costs more than they earn; False runs them as a power
        contract may compel.

    Examples
    --------
    >>> cash = mining_cash(1000, 1e6, [100_000, 50_000], 20, 0.06, 30, switches_off=True)
    >>> cash.revenue.round(2).tolist(), cash.power.round(2).tolist()
    ([1350000.0, 0.0], [864000.0, 0.0])
    """
    own, price = series("hashrate", hashrate, 0), real("btc_price", btc_price, 0)
    joules, power, length = real("efficiency", efficiency, 0), real("usd_per_kwh", usd_per_kwh), real("days", days, 0)
    running = real("uptime", uptime, 0, 1)
    bitcoin = bitcoin_mined(own, network_hashrate, length, subsidy, fees_per_block, running, pool_fee)
    broadcast(bitcoin=bitcoin, btc_price=price, efficiency=joules, usd_per_kwh=power)
    revenue = bitcoin * price
    bill = running * own * joules * 24 * length * power
    on = np.where((revenue < bill) & switches_off, 0.0, 1.0)
    return MiningCash(bitcoin * on, revenue * on, bill * on, on)
