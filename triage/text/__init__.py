"""Text as the checks see it: words, folded copies with a way back, and masking."""
