"""What a customer will buy: purchase models, spend, what they foretell, and how right they were.

All of it is pure: arrays in, arrays out, times in days. A customer's history is (x, tx, T): days
with an order after the first, days from the first order to the last, days from the first to now.
"""

import os

# Read when scipy's linear algebra is first loaded. The optimiser works on four numbers: threads of
# its own took six times the CPU of the whole fit, waiting for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
