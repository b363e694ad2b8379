"""HTTP requests and responses as plain data, and reading what a form sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email.message import Message
from email.parser import BytesHeaderParser
from http import HTTPStatus
from urllib.parse import parse_qs, quote

from msgspec import Struct, field

HTML = "text/html; charset=utf-8"
_MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "toml": "text/plain; charset=utf-8",
}
_MOST_FIELDS = 2_000


class MalformedBody(ValueError):
    """The body of a request is not what its headers say."""


class UploadedFile(Struct, frozen=True):
    """A file sent with a form.

    Args:
        name: as the browser gives it; may be anything.
    """

    name: str
    data: bytes


class PostedForm(Struct, frozen=True):
    """The fields of a form, in the order sent, and its files."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    files: Mapping[str, UploadedFile] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The first value of a field; empty if there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return list(self.fields.get(name, ()))


class HttpRequest(Struct, frozen=True):
    """A request that the guard has let through.

    Args:
        path: after the secret part of the address, without a slash at the beginning.
        query: what follows the question mark; never anything confidential.
        form: what was posted; None for a GET.
    """

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: PostedForm | None = None


class HttpResponse(Struct, frozen=True):
    """What is sent back."""

    body: bytes
    media: str = HTML
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


def see_other(path: str) -> HttpResponse:
    """Go on at another page, so that reloading it sends nothing twice."""
    return HttpResponse(b"", status=HTTPStatus.SEE_OTHER, headers={"Location": quote(path, safe="/#?=&.-_~%")})


def media_of(name: str) -> str:
    """The media type of a file, by the end of its name."""
    return _MEDIA.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def file_response(data: bytes, media: str, name: str, *, download: bool) -> HttpResponse:
    """A file, shown by the browser or saved."""
    how = "attachment" if download else "inline"
    disposition = f"{how}; filename=\"letter\"; filename*=UTF-8''{quote(name, safe='')}"
    return HttpResponse(data, media, headers={"Content-Disposition": disposition})


def read_form(body: bytes, content_type: str) -> PostedForm:
    """The fields and files that a form sent. Raises MalformedBody."""
    header = Message()
    header["Content-Type"] = content_type
    match header.get_content_type():
        case "application/x-www-form-urlencoded":
            return _urlencoded(body)
        case "multipart/form-data":
            return _multipart(body, str(header.get_param("boundary") or ""))
    raise MalformedBody("not a form")


def _urlencoded(body: bytes) -> PostedForm:
    try:
        text = body.decode("ascii")
        return PostedForm(parse_qs(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError as error:  # not UTF-8, or too many fields
        raise MalformedBody("not a form") from error


def _multipart(body: bytes, boundary: str) -> PostedForm:
    if not boundary or not boundary.isascii():
        raise MalformedBody("no boundary")
    fields: dict[str, list[str]] = {}
    files: dict[str, UploadedFile] = {}
    first, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
    if first or not parts or not parts[-1].startswith(b"--") or len(parts) > _MOST_FIELDS:
        raise MalformedBody("not in parts")
    for part in parts[:-1]:
        head, blank, data = part.partition(b"\r\n\r\n")
        headers = BytesHeaderParser().parsebytes(head.removeprefix(b"\r\n"))
        name = headers.get_param("name", header="Content-Disposition")
        file = headers.get_param("filename", header="Content-Disposition")
        if not blank or not isinstance(name, str):
            raise MalformedBody("a part without a name")
        if file is None:
            fields.setdefault(name, []).append(_utf8(data))
        elif file or data:
            files[name] = UploadedFile(_utf8(str(file).encode("utf-8", "surrogateescape")), data)
    return PostedForm(fields, files)


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBody("not UTF-8") from error
