"""What passes between the stages: frozen, without files or PDF objects."""
