"""The policy tables of the casework: referrals/casework/data/*.csv."""

from functools import partial

from referrals.rules import tables

rows = partial(tables.rows, folder=tables.CASEWORK)
in_force = partial(tables.in_force, folder=tables.CASEWORK)
