"""The chat in the browser, with Gradio, which is imported nowhere else."""
