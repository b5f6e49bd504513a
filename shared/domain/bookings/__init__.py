"""Bookings, their events, and the rules that turn one into the other's order."""
