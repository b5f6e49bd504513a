"""The sandbox against the documents it plays."""
