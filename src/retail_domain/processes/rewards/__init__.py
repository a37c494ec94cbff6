"""What members are given for coming, for telling others, and by staff."""
