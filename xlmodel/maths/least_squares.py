"""Ordinary least squares with what a fit must be judged by: errors, fit, leverage."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xlmodel.errors import InputError
from xlmodel.maths.domain import Floats, real


@dataclass(frozen=True, slots=True)
class Line:
    """A fitted linear relation.

    Attributes
    ----------
    coefficients, standard_errors
        One for each column of the design.
    r_squared
        Share of the variation explained: about the mean if the design holds a constant, about zero if not.
    residual_sd
        ``sqrt(RSS / (n - p))``.
    residuals
        Observed less fitted, one for each row.
    leverage
        Diagonal of the hat matrix, one for each row; 1 is an observation that the fit must pass through.
    """

    coefficients: Floats
    standard_errors: Floats
    r_squared: float
    residual_sd: float
    residuals: Floats
    leverage: Floats


def fitted(design: npt.ArrayLike, observed: npt.ArrayLike) -> Line:
    """Fit ``y = X b + e`` by least squares, ``s^2 = RSS / (n - p)``.

    Parameters
    ----------
    design
        One row for each observation, one column for each coefficient.
    observed
        One row.

    Raises
    ------
    InputError
        No more observations than coefficients, or columns that are combinations of each other.

    Examples
    --------
    >>> line = fitted([[1, 0], [1, 1], [1, 2]], [1, 3, 5])
    >>> line.coefficients.round(9).tolist(), round(line.r_squared, 9)
    ([1.0, 2.0], 1.0)
    """
    X, y = real("design", design), real("observed", observed)
    n, p = X.shape
    if n <= p:
        raise InputError(f"{p} coefficients need more than {p} observations, got {n}", "observed")
    # Columns of one size, so that the rank is judged by direction and not by units.
    size = np.linalg.norm(X, axis=0)
    if (size == 0).any() or np.linalg.matrix_rank(X / np.where(size > 0, size, 1)) < p:
        raise InputError(f"the {p} coefficients cannot be told apart by these observations", "design")
    q, r = np.linalg.qr(X / size)
    coefficients = np.linalg.solve(r, q.T @ y) / size
    residuals = y - X @ coefficients
    rss = float(residuals @ residuals)
    variance = rss / (n - p)
    inverse = np.linalg.inv(r)
    constant = np.ones(n) - q @ (q.T @ np.ones(n))
    centred = y - y.mean() if float(np.abs(constant).max()) < 1e-9 else y
    total = float(centred @ centred)
    return Line(
        coefficients=coefficients,
        standard_errors=np.sqrt(variance * np.sum(inverse**2, axis=1)) / size,
        # Observations that do not vary are explained by any constant.
        r_squared=1.0 - rss / total if total > 0 else 1.0,
        residual_sd=float(np.sqrt(variance)),
        residuals=residuals,
        leverage=np.sum(q**2, axis=1),
    )
