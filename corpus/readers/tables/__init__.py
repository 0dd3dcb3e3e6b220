"""Tables: CSV, JSON rows and Parquet; one row is one article."""
