"""What a car pushes to us: envelope, identity, connection, the certificates of both sides, and the listener.

Only `server.py`, `gate.py` and `listening.py` touch the network. What the records mean is told by `decode/`.
"""
