"""Questions of every kind as a newcomer types them, over sixteen invented articles.

They were written before the code that answers them: a test set, which nothing is fitted to.
"""
