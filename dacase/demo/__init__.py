"""Invented partnerships: what fills the demo, the tests of figures and the benchmark.

loader.py       rows into their tables by COPY, as the owner, with history and walls made good afterwards
chance.py       seeded dice and a calendar: the same seed and the same day give the same data
partners.py     the agencies and people that the stories are about
story/          one case from first referral to closing, a room a file
world.py        a whole partnership of stories; shares taken from published figures (shares.py)
published/      records that come to the counts a real partnership has published

Nobody in here is real. Names are plants and colours, phones come from Ofcom's ranges for drama, mail goes
to example domains. This package may import every room, and no room imports it.
"""
