"""What runs the models: OpenVINO's graphs, or torch where they cannot be had.

A BERT-like sentence-transformers model in a folder is read here without sentence-transformers
or torch, which take seconds to import: `folder` reads its files, `tokens` its tokenizer,
`graph` writes its layers down for OpenVINO, and `compiled_encoder` encodes. Any other model goes
through `torch_encoder`.
"""
