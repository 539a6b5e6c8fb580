"""Vectors made by Tesla's own code, held against ours: `script/conformance DIR`.

A case passes if it raises nothing; what it raises says what differs.
"""
