"""The arrays that search works with, by the names that signatures use."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
"""Vectors and scores."""
Ids = NDArray[np.int64]
"""Ids of rows in the catalog."""
