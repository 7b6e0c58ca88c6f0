"""Records that come to published counts, month by month.

table.py     reads the file: measure,agency,month,value
recorded.py  what the system has recorded so far
plan.py      what is missing, and whether it can be made
write.py     makes it
"""

from dacase.demo.published.fill import fill_to_published
from dacase.demo.published.table import PublishedError

__all__ = ["PublishedError", "fill_to_published"]
