"""Tesla's cloud: sign-in, Fleet API in three regions, what it costs, and everything that can go wrong there.

It knows cars; cars do not know it.
"""
