"""Cash flows and loans as Hypothesis sees them: falling, rising, empty and negative cash."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

RATES = st.one_of(st.just(0.0), st.floats(1e-6, 0.25))
TARGETS = st.floats(0.8, 3.0)


@st.composite
def cash(draw: st.DrawFn, low: float = -50.0, least: int = 1, most: int = 24) -> np.ndarray:
    """A fleet's cash: rent that falls or rises less costs, with some periods blotted out."""
    n = draw(st.integers(least, most))
    start, cost = draw(st.floats(1, 200)), draw(st.floats(0, 80))
    trend = draw(st.floats(-0.3, 0.2))
    flows = np.maximum(start * (1 + trend) ** np.arange(n) - cost, low)
    noise = draw(arrays(np.float64, n, elements=st.floats(0.5, 1.5)))
    empty = draw(arrays(np.bool_, n, elements=st.booleans())) & draw(st.booleans())
    return np.where(empty, 0.0, flows * noise)


@st.composite
def positive_cash(draw: st.DrawFn, least: int = 1, most: int = 24) -> np.ndarray:
    """Cash that is there in every period."""
    n = draw(st.integers(least, most))
    return draw(arrays(np.float64, n, elements=st.floats(1, 200)))
