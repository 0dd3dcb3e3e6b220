"""The pages of the dossiers, and a dossier as a document."""
