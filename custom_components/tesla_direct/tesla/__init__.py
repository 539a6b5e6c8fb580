"""All that is Tesla: protocols, facts, sources.

Knows bytes and has never heard of Home Assistant.
"""
