"""HTML in, a galley out: the only stage that knows WeasyPrint."""
