"""Codes of refused conditions, for those who refuse them; knows no condition."""

BAD_CONDITION = "0x80041106"
BAD_VALUE = "0x80041108"
