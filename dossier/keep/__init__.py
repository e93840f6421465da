"""What is kept from one build to the next, and what is unchanged."""
