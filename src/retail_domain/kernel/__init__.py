"""What every part of the shop speaks: money, ids, time, changes, events and refusals."""
