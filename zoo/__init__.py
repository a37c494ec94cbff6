"""The bug zoo: wrong variants of our own code, one a bug of real life, and the keeper who shows that the tests catch each."""
