"""What bank regulation takes off collateral, and what that gives for loss given default.

Two square-root rules look alike and are not: one scales for a mark less often than daily, the other for a holding
period of another length. Both describe diffusion only; the certain part of hardware's decay is none of their business
and has to be taken as a part of its own. Neither GPUs nor bitcoin are eligible *financial* collateral.
"""

import numpy as np
import numpy.typing as npt

from xlmodel.errors import NO_BALANCE
from xlmodel.maths.domain import Floats, broadcast, real


def exposure_after_mitigation(
    exposure: npt.ArrayLike,
    collateral: npt.ArrayLike,
    collateral_haircut: npt.ArrayLike,
    exposure_haircut: npt.ArrayLike = 0.0,
    currency_haircut: npt.ArrayLike = 0.0,
) -> Floats:
    """Exposure after financial collateral under the comprehensive approach.

    ``E* = max(0, E (1 + H_e) − C (1 − H_c − H_fx))``

    Parameters
    ----------
    exposure, collateral
        E and C, money, at least 0.
    collateral_haircut, exposure_haircut, currency_haircut
        H_c, H_e and H_fx, fractions at least 0; collateral never counts for less than nothing.

    Notes
    -----
    Basel Framework CRE22; CRR Art. 223.

    Examples
    --------
    >>> round(float(exposure_after_mitigation(100, 80, 0.2, currency_haircut=0.08)), 12)
    42.4
    """
    e, c = real("exposure", exposure, 0), real("collateral", collateral, 0)
    hc, he = real("collateral_haircut", collateral_haircut, 0), real("exposure_haircut", exposure_haircut, 0)
    hfx = real("currency_haircut", currency_haircut, 0)
    broadcast(exposure=e, collateral=c, collateral_haircut=hc, exposure_haircut=he, currency_haircut=hfx)
    return np.asarray(np.maximum(0.0, e * (1 + he) - c * np.maximum(1 - hc - hfx, 0.0)))


def haircut_for_revaluation(
    haircut: npt.ArrayLike, holding_days: npt.ArrayLike, revaluation_days: npt.ArrayLike
) -> Floats:
    """Haircut when the collateral is marked less often than daily.

    ``H = H_M √((N_R + T_M − 1) / T_M)``

    Parameters
    ----------
    haircut
        H_M, under daily marking, at least 0.
    holding_days
        T_M, minimum holding period, business days, at least 1: 5 for repos, 10 for capital markets, 20 for loans.
    revaluation_days
        N_R, business days between marks, at least 1.

    Notes
    -----
    Basel Framework CRE22; CRR Art. 226.

    Examples
    --------
    >>> haircut_for_revaluation(0.08, 20, [1, 5, 20]).round(6).tolist()
    [0.08, 0.087636, 0.111714]
    """
    h, t = real("haircut", haircut, 0), real("holding_days", holding_days, 1)
    n = real("revaluation_days", revaluation_days, 1)
    broadcast(haircut=h, holding_days=t, revaluation_days=n)
    return np.asarray(h * np.sqrt((n + t - 1) / t))


def haircut_for_holding(haircut: npt.ArrayLike, known_days: npt.ArrayLike, holding_days: npt.ArrayLike) -> Floats:
    """Haircut for a holding period other than the one it was set for.

    ``H_2 = H_1 √(T_2 / T_1)``

    Parameters
    ----------
    haircut
        H_1, at least 0; fraction or percent, the result is in the same unit.
    known_days, holding_days
        T_1 and T_2, business days, greater than 0.

    Notes
    -----
    CRR Art. 224, whose table of 20, 10 and 5 days it reproduces.

    Examples
    --------
    >>> haircut_for_holding(8, 10, [20, 5]).round(3).tolist()
    [11.314, 5.657]
    """
    h, known = real("haircut", haircut, 0), real("known_days", known_days, above=0)
    t = real("holding_days", holding_days, above=0)
    broadcast(haircut=h, known_days=known, holding_days=t)
    return np.asarray(h * np.sqrt(t / known))


def haircut_with_decay(haircut: npt.ArrayLike, annual_decay_eff: npt.ArrayLike, years: npt.ArrayLike) -> Floats:
    """A diffusion haircut and the certain decay over the same time, one after the other.

    ``1 − (1 − H)(1 − d)^τ``

    Parameters
    ----------
    haircut
        H, for the price moving, 0 to 1.
    annual_decay_eff
        d, share of value lost in a year, 0 up to 1 excluded.
    years
        τ, until the sale, at least 0.

    Examples
    --------
    A tenth for volatility hides what half a year of halving takes:

    >>> round(float(haircut_with_decay(0.1, 0.5, 0.5)), 4)
    0.3636
    """
    h, d = real("haircut", haircut, 0, 1), real("annual_decay_eff", annual_decay_eff, 0, below=1)
    t = real("years", years, 0)
    broadcast(haircut=h, annual_decay_eff=d, years=t)
    return np.asarray(1 - (1 - h) * (1 - d) ** t)


def secured_lgd(
    exposure: npt.ArrayLike,
    collateral: npt.ArrayLike,
    collateral_haircut: npt.ArrayLike,
    unsecured_lgd: npt.ArrayLike = 0.4,
    collateral_lgd: npt.ArrayLike = 0.25,
    exposure_haircut: npt.ArrayLike = 0.0,
    currency_haircut: npt.ArrayLike = 0.0,
) -> Floats:
    """Loss given default of a partly secured exposure under the foundation approach.

    ``LGD* = (LGD_U · E_U + LGD_S · E_S) / (E (1 + H_e))``, ``E_S = min(C (1 − H_c − H_fx), E (1 + H_e))``

    Parameters
    ----------
    exposure
        E, money, at least 0.
    collateral
        C, of one eligible kind, money, at least 0.
    collateral_haircut
        H_c, 0.40 for other physical collateral, which needs liquid markets and public prices.
    unsecured_lgd, collateral_lgd
        LGD_U, 0.40 for corporates, and LGD_S, 0.25 for other physical collateral, 0 to 1.
    exposure_haircut, currency_haircut
        H_e and H_fx, at least 0.

    Returns
    -------
    Floats
        Undefined (`NO_BALANCE`) where nothing is owed.

    Notes
    -----
    CRR Art. 161 and 230; Basel Framework CRE32. The default haircut and LGD_S are quoted from memory: give the
    regulation's own where it matters.

    Examples
    --------
    >>> round(float(secured_lgd(100, 60, 0.4)), 12)
    0.346
    """
    e, c = real("exposure", exposure, 0), real("collateral", collateral, 0)
    hc, he = real("collateral_haircut", collateral_haircut, 0), real("exposure_haircut", exposure_haircut, 0)
    hfx = real("currency_haircut", currency_haircut, 0)
    lu, ls = real("unsecured_lgd", unsecured_lgd, 0, 1), real("collateral_lgd", collateral_lgd, 0, 1)
    broadcast(
        exposure=e, collateral=c, collateral_haircut=hc, exposure_haircut=he, currency_haircut=hfx,
        unsecured_lgd=lu, collateral_lgd=ls,
    )  # fmt: skip
    grossed = e * (1 + he)
    secured = np.minimum(c * np.maximum(1 - hc - hfx, 0.0), grossed)
    share = secured / np.where(grossed > 0, grossed, 1.0)
    return np.where(grossed > 0, lu * (1 - share) + ls * share, NO_BALANCE.nan)
