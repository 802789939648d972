"""Linear expressions over many rows at once, and the labels by which rules look data up."""
