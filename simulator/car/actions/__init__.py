"""What each command does to a car: one function for each, named as in Fleet API, one file for each part.

Signed messages and plain requests both end here. A refusal that Tesla's documents do not word is worded
here in their manner.
"""
