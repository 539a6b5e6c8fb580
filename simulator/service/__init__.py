"""What every service between owners and Tesla has: tokens of its own, cars that stream to it, its own key."""
