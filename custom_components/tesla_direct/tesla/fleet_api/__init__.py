"""Tesla's REST interface: what can be asked, what it costs, how often, and how its answers are to be read.

Knows tokens, hosts and status codes, but not what a car's data mean: that is for `decode/`.
The network is touched in `transport.py`, by `client.py` and `tokens.py`, and nowhere else.
"""
