"""The web: the only package that opens a connection to an address it was given.

`addresses` says which addresses may be asked, `connection` opens the one connection that was
allowed, `client` follows redirects within limits, `robots` keeps to what sites ask for.
Nothing is gathered here, so that looking at an address does not load the HTTP client.
"""
