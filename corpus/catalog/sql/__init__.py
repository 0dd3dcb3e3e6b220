"""The engines that keep a catalog: what is asked of them, and PostgreSQL."""
