"""Renderers: each turns outcomes into one form. Results hold data only; colours and words live here."""
