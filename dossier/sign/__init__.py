"""Signs the proved PDF: fills its field by an incremental update. Uses pyHanko."""
