"""Quality and speed, measured beside other systems; results are committed as JSON."""
