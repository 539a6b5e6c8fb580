"""A real browser, and a person in front of it: clicks what can be read, types into what is labelled.

Nothing in here knows of cars, or of what Home Assistant shows.
"""
