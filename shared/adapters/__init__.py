"""The relay's outside: each technology that a port is met with, translated into the domain's words."""
