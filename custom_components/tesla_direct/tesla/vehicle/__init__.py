"""What can be known of a car: the catalogue of signals, the newest reading of each, and how reachable it is.

No I/O and no clock here; who measured what is told by `decode/`, who delivers it by `source/`.
"""
