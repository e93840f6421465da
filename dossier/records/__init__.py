"""The frozen records that pass between the stages, without files or PDF objects."""
