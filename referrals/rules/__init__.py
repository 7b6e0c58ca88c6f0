"""Rules of the front door and the casework. What a partnership may change is in ../data/*.csv."""
