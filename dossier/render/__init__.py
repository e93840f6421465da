"""A section in, HTML out: the only stage that knows Jinja2."""
