"""AWS Secrets Manager: the static secrets of a stack."""
