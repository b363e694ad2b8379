"""The paragraphs of a filled part: what its template says of each is read once, and values are put into place.

A compiled part gives its constants and its values in turn. The constants of a paragraph are its form, which all letters
share: they determine its markup and where its texts are. Values that are plain words can only change the words, so
these alone are looked at in each letter. Any other paragraph is put together and then taken apart.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, compress, repeat
from operator import is_, is_not
from typing import Any

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
    OutlinedParagraph,
    OutlinedPart,
    PartOutline,
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


class FilledOutline(Struct, frozen=True, eq=False):
    """A filled part by its outline, as it goes out if nothing needs repair.

    Args:
        key: what determines the repair, and whether anything was left unfilled.
    """

    part: OutlinedPart
    key: tuple[object, ...]


class PartForms:
    """The forms of the paragraphs of one part.

    Args:
        is_american: whether commas and periods stand inside quotation marks.
    """

    def __init__(self, is_american: bool) -> None:
        self._is_american = is_american
        self._outlines: dict[tuple[tuple[type, ...], tuple[str, ...]], _Branches] = {}  # by kinds, and constants
        self._forms: dict[tuple[str | None, ...], ParagraphForm] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        return PartForms, (self._is_american,)  # what it has seen of letters is not kept

    def filled(self, pieces: Sequence[str]) -> list[FilledParagraph] | None:
        """The paragraphs of a filled part; None if it has answers with formatting, which are paragraphs themselves.

        Args:
            pieces: constants of the template, each a `str`; and values, which are of a subclass.
        """
        values, _, outline = self._divided(pieces)
        if outline is None:
            return None
        said = [tuple(values[begin:end]) for _, begin, end, _ in outline.stretches]
        known = [_KEPT_PARAGRAPHS.get((form, own)) for (form, *_), own in zip(outline.stretches, said, strict=True)]
        if None in known:
            self._fill(known, [form for form, *_ in outline.stretches], said)
        found = list[FilledParagraph]()
        for first, (*_, complete) in zip(known, outline.stretches, strict=True):
            assert first is not None
            found.append(first)
            found += complete
        return found

    def outlined(self, pieces: Sequence[str]) -> FilledOutline | None:
        """The filled part by an outline that earlier letters had, too.

        None if there is none, or if something in the values wants a closer look, paragraph by paragraph.
        """
        values, together, outline = self._divided(pieces)
        if outline is None:
            return None
        apart = tuple(_in_need_of_markup(outline, values)) if "<" in together or "&#" in together else ()
        forms = outline.forms_with(tuple(map(bool, values)), apart)
        return forms.filled(values, self._is_american) if forms is not None else None

    def _divided(self, pieces: Sequence[str]) -> tuple[list[str], str, _Branches | None]:
        """The values of a filled part, all of them in one text, and its outline; None if they have formatting."""
        kinds = tuple(map(type, pieces))
        values = list(compress(pieces, map(is_not, kinds, repeat(str))))
        together = "".join(values)
        if START in together:
            return values, together, None
        key = kinds, tuple(compress(pieces, map(is_, kinds, repeat(str))))
        outline = self._outlines.get(key)
        if outline is None:
            constants = tuple([piece if type(piece) is str else None for piece in pieces])
            outline = remember(self._outlines, _OUTLINES_KEPT, key, _Branches(self._outline(constants)))
        return values, together, outline

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

    def filled(self, values: tuple[str, ...]) -> FilledParagraph:
        """The paragraph with these values, as `kept` keeps it."""
        found = _KEPT_PARAGRAPHS.get((self, values))
        return self.kept(values, None) if found is None else found

    def _with(self, values: Iterable[str]) -> str:
        left = iter(values)
        return "".join([next(left) if each is None else each for each in self._constants])


_Stretch = tuple[ParagraphForm, int, int, list[FilledParagraph]]
"""A paragraph with values, the first and the end of its own among all, and the paragraphs after it that have none."""
_FORMS_WITH_KEPT = 16


class _Branches:
    """What letters with the same constants are made of."""

    __slots__ = ("_known", "stretches")

    def __init__(self, stretches: list[_Stretch]) -> None:
        self.stretches = stretches
        self._known: dict[tuple[tuple[bool, ...], tuple[int, ...]], _OutlineForms | None] = {}

    def forms_with(self, said: tuple[bool, ...], apart: tuple[int, ...]) -> _OutlineForms | None:
        """What letters have in common that also have empty values at the same places; None if there is no other yet.

        Args:
            said: which values are not empty.
            apart: the stretches whose paragraph is not to be in it.
        """
        key = said, apart
        forms = self._known.get(key)
        if forms is None:
            forms = _OutlineForms(self.stretches, said, apart) if key in self._known else None
            remember(self._known, _FORMS_WITH_KEPT, key, forms)
        return forms


def _in_need_of_markup(outline: _Branches, values: Sequence[str]) -> Iterator[int]:
    """The stretches of which a value brings markup with it, such as a line break, or is no plain word."""
    for at, (_, begin, end, _) in enumerate(outline.stretches):
        if any("<" in each or "&#" in each for each in values[begin:end]):
            yield at


class _OutlineForms:
    """What letters have in common whose values differ only in their words.

    Args:
        stretches: of their outline.
        said: which values are not empty.
        apart: the stretches whose paragraph is looked at alone.
    """

    __slots__ = ("_alone", "_before", "_held", "_number", "_outline", "_said", "_taken")

    def __init__(self, stretches: Sequence[_Stretch], said: tuple[bool, ...], apart: Sequence[int]) -> None:
        self._alone = list[tuple[ParagraphForm, int, int]]()
        self._before, self._held = list[str](), list[bool]()
        texts, taken = list[str](), list(said)
        paragraphs = list[StoredParagraph | OutlinedParagraph | None]()
        for at, (form, begin, end, complete) in enumerate(stretches):
            look = form.look(tuple("x" if each else "" for each in said[begin:end]))
            if begin == end:
                paragraphs.append(form.filled(()).paragraph)
            elif at in apart or not look.is_regular:
                self._alone.append((form, begin, end))
                taken[begin:end] = [False] * (end - begin)
                paragraphs.append(None)
            else:
                paragraphs.append(look.outlined)
                self._before += look.before
                self._held += look.held
                texts += look.texts
            paragraphs += [each.paragraph for each in complete]
        self._said = _with_places(_BETWEEN.join(texts))
        self._taken, self._number, self._outline = taken, len(texts), PartOutline(paragraphs)

    def filled(self, values: Sequence[str], is_american: bool) -> FilledOutline | None:
        """The part with these values; None if something in them wants a closer look."""
        said = self._said.copy()
        said[1::2] = compress(values, self._taken)
        words = "".join(said)
        if any(map(str.isspace, values)) or not _are_plain(words, is_american):
            return None
        texts = words.split(_BETWEEN)
        if len(texts) != self._number:
            return None
        self._hold_together(words, texts)
        alone = [form.filled(tuple(values[begin:end])) for form, begin, end in self._alone]
        if False in [each.is_plain for each in alone]:
            return None
        part = OutlinedPart(self._outline, [*self._before, *texts], [each.paragraph for each in alone])
        return FilledOutline(part, (self, *[each.shape for each in alone]))

    def _hold_together(self, words: str, texts: list[str]) -> None:
        """Put no-break spaces into what is cited in some texts.

        Args:
            words: all of them.
        """
        cited = place_of_citation(words)
        if cited < 0:
            return
        ends = list(accumulate([len(each) + len(_BETWEEN) for each in texts]))
        while cited >= 0:
            at = bisect_right(ends, cited)
            if self._held[at]:
                texts[at] = with_no_break_spaces(texts[at])
            cited = place_of_citation(words, ends[at])


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
        *("_final", "_has_leftover", "_held", "_markup", "_pieces", "_said", "_stored"),
        *("before", "is_regular", "texts"),
    )

    def __init__(self, rendered: str, is_first: bool) -> None:
        xml = without_empty_runs(rendered)
        pieces = in_pieces(xml)
        texts = pieces[1::2]
        final = in_pieces(f"{DOCUMENT_HEAD if is_first else ''}{without_blank_marks(xml)}")
        self.before, self.texts = final[1::2][: len(final) // 2 - len(texts)], texts
        self._markup, self._stored, self._has_leftover = markup_of(pieces), markup_of(final), has_leftover(xml)
        self._pieces, self._final = _with_brackets(pieces), _with_brackets(final)
        self._held = [number for number, before in enumerate(pieces[:-1:2]) if _is_text(before)]
        self._said = _with_places(_BETWEEN.join(texts))
        self.is_regular = (
            rendered.count(_VALUE) == len(self._said) // 2
            and final[1::2] == self.before + texts
            and not any(each in xml for each in ("</w:instrText>", "\0", "\ufdd0", "\ufdd1"))
            and not any('="' in each for each in texts)
            and not any(".." in each or "\u201d" in each for each in pieces[::2])
        )

    @property
    def held(self) -> list[bool]:
        """Of each of its texts, whether Word prints it, so that what is cited in it is to be held together."""
        return [number in self._held for number in range(len(self.texts))]

    @property
    def outlined(self) -> OutlinedParagraph:
        """The paragraph as it goes out, without its texts."""
        return OutlinedParagraph(self._final, self._stored)

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
        pieces[1::2] = all_texts = [*self.before, *texts]
        stored = StoredParagraph("".join(pieces), self._stored, tuple(all_texts))
        return FilledParagraph(shape, True, self._has_leftover, stored, self._pieces, texts)


def _with_places(texts: str) -> list[str]:
    """Texts with `_VALUE` in them, divided such that every other piece is the place of a value."""
    said = texts.split(_VALUE)
    found = [*said, *said[1:]]
    found[::2] = said
    return found


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
