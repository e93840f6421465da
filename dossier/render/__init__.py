"""Renders sections as HTML; the only stage that uses Jinja2."""
