"""Proofs that nothing is lost: kills, power failures, failing writes, damaged files, long runs."""
