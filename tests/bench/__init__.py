"""`make bench`: speed and quality, measured beside other libraries in the same run.

Figures are CPU time on one core. The numeric libraries must not start threads of their own, and they read
these variables while they are imported: so they are set here, before anything else.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
