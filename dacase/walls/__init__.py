"""The database's own walls: row security, history triggers, and the signed context that they read.

functions.sql   what policies call: who is acting, verified; which cases bar them
context.py      signs and opens the context of a transaction
policies.py     the kinds of wall a room may declare in its `walls.py`
install.py      turns the declarations into SQL and applies it, as the owner

A table is out of the application's reach until its wall is installed: no wall, no grant.
"""
