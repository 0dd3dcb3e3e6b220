"""The JSON API and the OpenAI-compatible one."""
