"""What staff do with the catalogue: one file per wish."""
