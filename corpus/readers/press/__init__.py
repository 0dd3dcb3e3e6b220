"""What press databases and agencies export: one file of up to thousands of articles."""
