"""Tests of the repository: boundaries, packaging, translations, documents and blueprints."""
