"""What can happen to a car: one verb for each action of a person, of nature or of chance."""
