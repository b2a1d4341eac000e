"""The instruments of the A/B lab, one a tab."""
