"""What people who work here may do and where: rooms for what several contexts know together."""
