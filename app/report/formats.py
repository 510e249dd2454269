"""The formats of a report by the ending of their files."""

from collections.abc import Callable, Mapping

from app.report.content import Content
from app.report.document import document
from app.report.html import html


def as_html(content: Content) -> bytes:
    """One self-contained HTML file."""
    return html(document(content)).encode()


def as_pdf(content: Content) -> bytes:
    """A PDF with the same in the same order."""
    from app.report.pdf import pdf  # its fonts are read when the first one is made

    return pdf(document(content), content.made_at)


FORMATS: Mapping[str, Callable[[Content], bytes]] = {"html": as_html, "pdf": as_pdf}
