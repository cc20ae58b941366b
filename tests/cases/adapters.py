"""Every adapter, gathered: importing this module fills `ADAPTERS`."""

from tests.cases import adapters_asset, adapters_collateral, adapters_financing, adapters_loan
from tests.cases.registry import ADAPTERS

__all__ = ["ADAPTERS", "adapters_asset", "adapters_collateral", "adapters_financing", "adapters_loan"]
