"""Kounta by Lightspeed (O-Series), version 1 of its REST API."""
