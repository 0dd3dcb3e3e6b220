"""Questions of every kind as a newcomer types them, over sixteen invented articles, written before the code."""
