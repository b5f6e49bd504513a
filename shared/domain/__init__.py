"""What is true without AWS or HTTP. Standard library only."""
