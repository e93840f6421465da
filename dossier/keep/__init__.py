"""The cache, and the check whether anything has changed since the last build."""
