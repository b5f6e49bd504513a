"""The commands: wiring of options to what ops does."""
