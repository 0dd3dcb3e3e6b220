"""More than one fact: cited sentences of several passages, chosen and put in an order."""
