"""GOV-4: documents in Arabic: words in drawings keep their letters joined, and a drawing that fails is no silent hole."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from documents.blocks import Picture
from documents.failures import NotMade
from tests.documents.test_rendering import made

pytestmark = pytest.mark.duty("GOV-4")

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 60" direction="rtl">'
    '<text x="390" y="20" font-size="14">{words}</text></svg>'
)


def text_of(svg: str) -> str:
    pdf = made(Picture("restoration", svg, "Timeline", "Timeline"), language="ar").pdf
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_words_in_drawings_are_laid_out_whole() -> None:
    """Letter by letter, the word would stand backwards and every letter in its lone form."""
    assert "متوقفة" in text_of(SVG.format(words="متوقفة"))


def test_a_drawing_that_cannot_be_drawn_stops_the_document() -> None:
    broken = SVG.replace('font-size="14"', 'font-size="14" rotate="no number"').format(words="متوقفة")
    with pytest.raises(NotMade):
        text_of(broken)
