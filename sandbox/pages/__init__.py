"""The register page: the till as a person in a browser sees it."""
