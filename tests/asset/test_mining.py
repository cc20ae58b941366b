"""Mining: bitcoin, hashprice and the power bill against sums by hand."""

import numpy as np
import pytest

from xlmodel.asset.mining import bitcoin_mined, hashprice, hashprice_breakeven, mining_cash, subsidy_path
from xlmodel.errors import RangeError


def test_bitcoin_by_share_of_the_network() -> None:
    # 3.6 of 250 EH/s for 31 days at 6.25 + 0.5 BTC a block: 1.44 % of 4,464 blocks, 90 % running, 2 % to the pool.
    mined = bitcoin_mined(3.6, 250, 31, 6.25, 0.5, uptime=0.9, pool_fee=0.02)
    assert float(mined) == pytest.approx(0.0144 * 4464 * 6.75 * 0.9 * 0.98, rel=1e-14)
    assert float(bitcoin_mined(0, 250, 31)) == 0
    with pytest.raises(RangeError, match="network"):
        bitcoin_mined(2, 1, 30)


def test_hashprice_is_what_a_petahash_earns_a_day() -> None:
    # 144 * 3.125 * 60,000 / 600,000 PH/s = 45 USD.
    assert float(hashprice(60_000, 600_000)) == pytest.approx(45)
    one = float(bitcoin_mined(1, 600_000, 1)) * 60_000
    assert float(hashprice(60_000, 600_000)) == pytest.approx(one, rel=1e-14)


def test_power_and_the_pool_break_even() -> None:
    # 30 J/TH: 1 PH/s draws 30 kW, 720 kWh a day at 0.05 = 36; 4 of hosting; a pool of 2 % needs 40 / 0.98.
    assert float(hashprice_breakeven(30, 0.05, 4, 0.02)) == pytest.approx(40 / 0.98)
    # At the break-even hashprice the machine earns its bill.
    network, price = 1e6, 50_000.0
    power = float(hashprice(price, network)) / (24 * 25)
    cash = mining_cash(7, network, price, 25, power, 30)
    assert float(cash.revenue[0]) == pytest.approx(float(cash.power[0]), rel=1e-12)


def test_the_subsidy_halves_every_four_years() -> None:
    assert subsidy_path(4, 4, 1).tolist() == [4, 4, 4, 4]
    # At 0.5 and 4.5 years: half of year 1, then 2, and from 4.5 on 1.
    assert subsidy_path(4, 6, 1, 0.5).tolist() == [3, 2, 2, 2, 1.5, 1]
    assert subsidy_path([4, 8], 2, 2, 0.0).tolist() == [[2, 2], [4, 4]]
    assert subsidy_path(4, 12, 12, 0.5).tolist() == [4] * 6 + [2] * 6


def test_machines_that_do_not_pay_are_switched_off_only_if_they_may() -> None:
    terms = (1000, 1e6, np.array([80_000, 20_000]), 20, 0.06, 30)
    runs, stops = mining_cash(*terms), mining_cash(*terms, switches_off=True)
    # 1/1000 of 144 * 30 blocks * 3.125 = 13.5 BTC; 1000 PH/s * 20 kW * 720 h * 0.06 = 864,000.
    assert runs.revenue.tolist() == [1_080_000, 270_000]
    assert runs.power == pytest.approx([864_000, 864_000])
    assert stops.revenue.tolist() == [1_080_000, 0]
    assert stops.running.tolist() == [1, 0]
    assert stops.bitcoin[1] == stops.power[1] == 0
