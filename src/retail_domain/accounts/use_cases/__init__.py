"""What members and staff do with their accounts."""
