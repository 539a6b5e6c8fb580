"""Tesla's signed command protocol: bytes in, bytes and results out. No waiting, no network.

File names and terms are those of Tesla's protocol.md.
"""
