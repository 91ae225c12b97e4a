"""Tiltas: published answers for migrant families in Lithuania, and people for the rest."""

import os

# Before numpy is imported anywhere: on two busy cores OpenBLAS threads wait for each other by spinning. Solving the index
# took 16 s with them and 7.6 s without (measured); a message multiplies one row, which needs no threads at all.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
