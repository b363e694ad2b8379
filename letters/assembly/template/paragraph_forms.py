"""The paragraphs of a filled part: what its template says of each is read once, and values are put into place.

A compiled part gives its constants and its values in turn. The constants of a paragraph are its form, which all letters
share: they determine its markup and where its texts are. Values that are plain words can only change the words, so
these alone are looked at in each letter. Any other paragraph is put together and then taken apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import compress, repeat
from operator import is_, is_not

from msgspec import Struct

from letters._text.held_together import place_of_citation, with_no_break_spaces
from letters._text.lazy_pattern import pattern
from letters._text.limited_memory import remember, was_seen
from letters.assembly.template.rich_text import START
from letters.assembly.template.sandbox import with_braces
from letters.docx.markup import (
    DOCUMENT_HEAD,
    with_stops_set,
    without_blank_marks,
    without_empty_runs,
)
from letters.docx.paragraph_texts import (
    PARAGRAPH_END,
    StoredParagraph,
    in_pieces,
    markup_of,
    paragraph,
    paragraph_of,
    whole,
)

_VALUE = "\ufdd6"
"""Stands for a value while a form is read. No value contains it."""
_BETWEEN = "<"
"""Separates texts that are looked at together. No text contains it."""
_APART = "|"
"""Separates paragraphs that are looked at together. Nothing that is looked for has it, or may go on after it."""
_KEPT, _SEEN_KEPT = 1_000, 10_000
LONG = 20_000  # characters of a paragraph that is not kept for other letters
_FORMS_KEPT, _LOOKS_KEPT, _OUTLINES_KEPT = 2_000, 32, 64
_NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_ESCAPED = pattern("&#(?:34|39);")  # what Jinja makes of quotation marks
_STOP_AFTER_QUOTATION = pattern("\u201d<?[.,]")
_STRAY = pattern("&(?!(?:amp|lt|gt|#34|#39);)")


class FilledParagraph(Struct, eq=False, gc=False):
    """A paragraph of a filled part, with all that can be told from it alone.

    Args:
        shape: what determines the repair: its markup, and of each text only whether it is blank.
        is_plain: whether no parser can find anything wrong with its texts.
        has_leftover: whether it has a tag that was not filled.
        paragraph: as it goes out if nothing needs repair. The first of a part begins with the declaration of its XML.
        pieces: of the paragraph before the part is repaired, with place for its texts between them.
        texts: with no-break spaces in its citations.
    """

    shape: str | tuple[str, ...]
    is_plain: bool
    has_leftover: bool
    paragraph: StoredParagraph
    pieces: list[str]
    texts: list[str]

    @property
    def xml(self) -> str:
        """The paragraph before the part is repaired."""
        pieces = self.pieces.copy()
        pieces[1::2] = self.texts
        return "".join(pieces)


class PartForms:
    """The forms of the paragraphs of one part.

    Args:
        is_american: whether commas and periods stand inside quotation marks.
    """

    def __init__(self, is_american: bool) -> None:
        self._is_american = is_american
        self._outlines: dict[tuple[tuple[type, ...], tuple[str, ...]], list[_Stretch]] = {}  # by kinds, and constants
        self._forms: dict[tuple[str | None, ...], ParagraphForm] = {}

    def filled(self, pieces: Sequence[str]) -> list[FilledParagraph] | None:
        """The paragraphs of a filled part; None if it has answers with formatting, which are paragraphs themselves.

        Args:
            pieces: constants of the template, each a `str`; and values, which are of a subclass.
        """
        kinds = tuple(map(type, pieces))
        values = list(compress(pieces, map(is_not, kinds, repeat(str))))
        if START in "".join(values):
            return None
        key = kinds, tuple(compress(pieces, map(is_, kinds, repeat(str))))
        outline = self._outlines.get(key)
        if outline is None:
            constants = tuple([piece if type(piece) is str else None for piece in pieces])
            outline = remember(self._outlines, _OUTLINES_KEPT, key, self._outline(constants))
        said = [tuple(values[begin:end]) for _, begin, end, _ in outline]
        known = [_KEPT_PARAGRAPHS.get((form, own)) for (form, *_), own in zip(outline, said, strict=True)]
        if None in known:
            self._fill(known, [form for form, *_ in outline], said)
        found = list[FilledParagraph]()
        for first, (*_, complete) in zip(known, outline, strict=True):
            assert first is not None
            found.append(first)
            found += complete
        return found

    def _fill(
        self, known: list[FilledParagraph | None], forms: Sequence[ParagraphForm], said: Sequence[tuple[str, ...]]
    ) -> None:
        """Put together the paragraphs that are not known. Their words are first looked at together."""
        new = [at for at, paragraph in enumerate(known) if paragraph is None]
        looks = [forms[at].look(said[at]) for at in new]
        words = [look.words(said[at]) for at, look in zip(new, looks, strict=True)]
        together = _APART.join(words)
        are_plain, cited, end = _are_plain(together, self._is_american), place_of_citation(together), 0
        for at, look, own in zip(new, looks, words, strict=True):
            end += len(own) + len(_APART)
            may_cite = 0 <= cited < end
            if may_cite:
                cited = place_of_citation(together, end)
            is_plain = look.is_regular and (are_plain or _are_plain(own, self._is_american))
            known[at] = forms[at].kept(said[at], look.filled(own, may_cite) if is_plain else None)

    def _outline(self, constants: tuple[str | None, ...]) -> list[_Stretch]:
        """What letters with these constants are made of."""
        outline = list[_Stretch]()
        open_, first, end = list[str | None](), 0, 0
        for constant in constants:
            if constant is None:
                end += 1
                open_.append(None)
            elif PARAGRAPH_END not in constant:
                open_.append(constant)
            else:
                last, *complete, begun = constant.split(PARAGRAPH_END)
                form = self._form((*open_, last), is_first=not outline)
                outline.append((form, first, end, [finished(each, False, self._is_american) for each in complete]))
                open_, first = [begun], end
        return [*outline, (self._form(tuple(open_), is_first=not outline), first, end, [])]

    def _form(self, constants: tuple[str | None, ...], is_first: bool) -> ParagraphForm:
        found = self._forms.get(constants)
        if found is None:
            form = ParagraphForm(constants, is_first, self._is_american)
            found = remember(self._forms, _FORMS_KEPT, constants, form)
        return found


class ParagraphForm:
    """What the template says of a paragraph.

    Args:
        constants: its constants in order, with None for each value.
        is_first: whether it is the first of its part, which is the same in all letters.
        is_american: whether commas and periods stand inside quotation marks.
    """

    __slots__ = ("_constants", "_is_american", "_is_first", "_length", "_looks")

    def __init__(self, constants: tuple[str | None, ...], is_first: bool, is_american: bool) -> None:
        self._constants, self._is_first, self._is_american = constants, is_first, is_american
        self._length = sum(len(each) for each in constants if each)
        self._looks: dict[tuple[bool, ...], _FormLook] = {}  # by which of its values are not empty

    def look(self, values: tuple[str, ...]) -> _FormLook:
        """The form with these values, as far as it depends on which of them are empty."""
        said = (True,) * len(values) if all(values) else tuple(map(bool, values))
        look = self._looks.get(said)
        if look is None:
            rendered = self._with([_VALUE if each else "" for each in said])
            look = remember(self._looks, _LOOKS_KEPT, said, _FormLook(rendered, self._is_first))
        return look

    def kept(self, values: tuple[str, ...], paragraph: FilledParagraph | None) -> FilledParagraph:
        """The paragraph with these values, which is kept once a second letter has it, unless it is very long.

        Args:
            paragraph: the same, if it has been put together already.
        """
        found, key = paragraph or finished(self._with(values), self._is_first, self._is_american), (self, values)
        if was_seen(_SEEN_PARAGRAPHS, _SEEN_KEPT, key) and self._length + sum(map(len, values)) <= LONG:
            remember(_KEPT_PARAGRAPHS, _KEPT, key, found)
        return found

    def _with(self, values: Iterable[str]) -> str:
        left = iter(values)
        return "".join([next(left) if each is None else each for each in self._constants])


_Stretch = tuple[ParagraphForm, int, int, list[FilledParagraph]]
"""A paragraph with values, the first and the end of its own among all, and the paragraphs after it that have none."""
_KEPT_PARAGRAPHS: dict[tuple[ParagraphForm, tuple[str, ...]], FilledParagraph] = {}
_SEEN_PARAGRAPHS = set[int]()


def _are_plain(words: str, is_american: bool) -> bool:
    """Whether some texts, separated as above, are plain words in which no stop is to be set."""
    return not (
        ".." in words
        or ".<." in words
        or ("\u201d" in words and is_american and _STOP_AFTER_QUOTATION.search(words))
        or not _is_plain(words)
    )


class _FormLook:
    """A form of which it is known which values are empty, and so where its texts are.

    Args:
        rendered: the paragraph with `_VALUE` for every value that is not empty.
    """

    __slots__ = (
        *("_before", "_final", "_has_leftover", "_held", "_markup", "_pieces", "_said", "_stored"),
        "is_regular",
    )

    def __init__(self, rendered: str, is_first: bool) -> None:
        xml = without_empty_runs(rendered)
        pieces = in_pieces(xml)
        texts = pieces[1::2]
        final = in_pieces(f"{DOCUMENT_HEAD if is_first else ''}{without_blank_marks(xml)}")
        self._before = final[1::2][: len(final) // 2 - len(texts)]
        self._markup, self._stored, self._has_leftover = markup_of(pieces), markup_of(final), has_leftover(xml)
        self._pieces, self._final = _with_brackets(pieces), _with_brackets(final)
        self._held = [number for number, before in enumerate(pieces[:-1:2]) if _is_text(before)]
        said = _BETWEEN.join(texts).split(_VALUE)
        self._said = [*said, *said[1:]]
        self._said[::2] = said
        self.is_regular = (
            rendered.count(_VALUE) == len(said) - 1
            and final[1::2] == self._before + texts
            and not any(each in xml for each in ("</w:instrText>", "\0", "\ufdd0", "\ufdd1"))
            and not any('="' in each for each in texts)
            and not any(".." in each or "\u201d" in each for each in pieces[::2])
        )

    def words(self, values: tuple[str, ...]) -> str:
        """Its texts with these values, with `_BETWEEN` between them; nothing if it is not regular."""
        if not self.is_regular:
            return ""
        said = self._said.copy()
        said[1::2] = values if all(values) else filter(None, values)
        return "".join(said)

    def filled(self, words: str, may_cite: bool) -> FilledParagraph | None:
        """The paragraph with these texts, which are plain words; None if there are too many of them.

        Args:
            may_cite: whether something may be cited in them.
        """
        texts = words.split(_BETWEEN)
        if len(texts) != len(self._pieces) // 2:
            return None
        shape: str | tuple[str, ...] = self._markup
        if "&#" in words or any(map(str.isspace, texts)):
            shape = _shape(self._markup, texts)
        if may_cite:
            for at in self._held:
                texts[at] = with_no_break_spaces(texts[at])
        pieces = self._final.copy()
        pieces[1::2] = all_texts = [*self._before, *texts]
        stored = StoredParagraph("".join(pieces), self._stored, tuple(all_texts))
        return FilledParagraph(shape, True, self._has_leftover, stored, self._pieces, texts)


def _with_brackets(pieces: list[str]) -> list[str]:
    """A paragraph that was taken apart, such that only its texts are missing between the pieces of its markup."""
    found = [each for piece in pieces[::2] for each in (f"<{piece}>", "")][:-1]
    found[0] = found[0][2:]
    found[-1] = found[-1][: -len(PARAGRAPH_END) - 1]
    if len(pieces) == 1:
        found = [whole(pieces)]
    return found


@lru_cache(maxsize=_KEPT)
def kept(rendered: str, is_first: bool, is_american: bool) -> FilledParagraph:
    """A paragraph as it was rendered, finished, and shared with other letters that have the same."""
    return finished(rendered, is_first, is_american)


def finished(rendered: str, is_first: bool, is_american: bool) -> FilledParagraph:
    """A paragraph as it was rendered, finished.

    Args:
        is_first: whether it is the first of its part.
        is_american: whether commas and periods stand inside quotation marks.
    """
    xml = with_stops_set(without_empty_runs(rendered), is_american=is_american)
    pieces = in_pieces(xml)
    texts = pieces[1::2]
    is_plain = _is_plain(" ".join(texts))
    shape = _shape(markup_of(pieces), texts)
    for at, text in enumerate(texts):
        if _is_text(pieces[2 * at]):
            pieces[2 * at + 1] = with_no_break_spaces(text)
    held = whole(pieces)
    final = without_blank_marks(with_braces(held))
    stored = paragraph_of(held, pieces) if final == held else paragraph_of(final, in_pieces(final))
    if is_first:
        stored = paragraph(DOCUMENT_HEAD + stored.xml)
    return FilledParagraph(shape, is_plain, has_leftover(xml), stored, [held], [])


def _shape(markup: str, texts: list[str]) -> str | tuple[str, ...]:
    """What determines the repair of a paragraph: its markup alone, if all its texts have words."""
    if all(map(_has_words, texts)):
        return markup
    return (markup, *("x" if _has_words(each) else each for each in texts))


def has_leftover(xml: str) -> bool:
    """Whether a tag was left unfilled."""
    return "{" in xml and ("{{" in xml or "{%" in xml or "{#" in xml)


def _is_text(before: str) -> bool:
    """Whether it is what Word prints that follows this markup, which ends within the tag of its element."""
    tag = before[before.rfind("<") :]
    return tag == "<w:t" or tag.startswith("<w:t ")


def _is_plain(texts: str) -> bool:
    """Whether these texts are such that a parser of XML accepts them wherever an element may have text."""
    is_printable = texts.isprintable() or texts.replace(_NO_BREAK_SPACE, " ").isprintable()
    return is_printable and ("&" not in texts or _STRAY.search(texts) is None)


def _has_words(text: str) -> bool:
    return not text.isspace() and ("&#" not in text or "&#" not in _ESCAPED.sub("", text))
