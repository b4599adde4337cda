"""A plugin of the AWS CLI: adds a command that answers questions of `CedarBackup3.amazons3.aws.session.client`.

aws itself imports this module, in its own Python, so that it imports nothing but the standard library, awscli and
botocore. Credentials, endpoints, proxies and retries are left to aws: the client that asks S3 is its own.

The protocol, version 1: lines of JSON on standard input and output. The first line on standard output is the hello,
`{"protocol": 1, "aws": "1.46.3"}`. Every question is a line with a number of its own, `{"id": 7, "ask": NAME, ...}`,
and every line of an answer has that number:

    {"id": 7, "answer": {...}, "bytes": [10, 4, 0, 9]}   a part; so many bytes follow the line, in so many pieces
    {"id": 7, "end": {...}}                              the last line of an answer, whole
    {"id": 7, "error": {"code": "NoSuchKey", "status": 404, "message": "..."}}      the last line of one that failed

Of an answer in parts as many come as were allowed: `"window"` in the question, and one more for each
`{"id": 7, "more": 1}`. `{"id": 7, "cancel": 1}` gives a question up; its last line comes all the same. The end of
standard input ends the process at once.
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, unquote_plus
from xml.etree import ElementTree

import awscli
from awscli.customizations.commands import BasicCommand
from botocore import handlers, xform_name
from botocore.config import Config

PROTOCOL = 1
COMMAND = "cback-session"
THREADS = 64
RESTORED = "CBACK_AWS_SESSION_RESTORED"
"""Names the variable with the environment that programs started by aws are to have: values by names, null for none."""

_CHUNK = 1 << 20  # bytes of an object that are read at a time
_NEWER = {"ChecksumCRC64NVME": "x-amz-checksum-crc64nvme"}
"""What an aws from before 2025 does not know, though S3 has it of every object stored since ("HeadObject")."""
_CALLED = frozenset(
    {
        *("HeadBucket", "HeadObject", "DeleteObjects", "DeleteObject", "RestoreObject", "CopyObject"),
        *("GetBucketVersioning", "GetObjectLockConfiguration", "GetBucketLifecycleConfiguration"),
        *("GetBucketEncryption", "GetPublicAccessBlock", "GetBucketPolicyStatus"),
        *("ListMultipartUploads", "ListParts", "CompleteMultipartUpload", "AbortMultipartUpload"),
    }
)

# Version 1 takes every entry of its plugins for a module, also the one by which version 2 finds this directory; it
# imports this module first, and takes a module that is there for imported.
sys.modules.setdefault(os.path.dirname(os.path.abspath(__file__)), sys.modules[__name__])


def awscli_initialize(events: Any) -> None:
    """Add the command; called by aws for each name under which it knows this module."""
    if restored := os.environ.pop(RESTORED, ""):
        for name, value in json.loads(restored).items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        events.register("building-command-table.main", _addCommand)


def _addCommand(command_table: Any, session: Any, **_: Any) -> None:
    command_table[COMMAND] = SessionCommand(session)


class SessionCommand(BasicCommand):  # type: ignore[misc]
    """The command."""

    NAME = COMMAND
    DESCRIPTION = "Answers the questions of cback-amazons3-sync and cback-amazons3-restore."
    _UNDOCUMENTED = True

    def _run_main(self, parsed_args: Any, parsed_globals: Any) -> int:
        # Nothing else may read the questions, or print among the answers: a prompt for a code, a credential program.
        questions, answers = os.fdopen(os.dup(0), "rb"), os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        output = _Output(answers)
        output.send({"protocol": PROTOCOL, "aws": awscli.__version__})
        _serve(questions, output, _ClientMaker(self._session, parsed_globals))
        os._exit(0)  # nobody is left who waits for what threads are still doing


class _Output:
    """Writes lines whole, whichever thread they come from."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, line: dict[str, Any], *pieces: bytes) -> None:
        data = memoryview(b"".join([json.dumps(line).encode(), b"\n", *pieces]))
        with self._lock:
            while data:
                data = data[os.write(self._descriptor, data) :]


class _ClientMaker:
    """Makes the client when it is first wanted; what stands in its way is the answer to each question then."""

    def __init__(self, session: Any, parsed_globals: Any) -> None:
        self._session, self._globals = session, parsed_globals
        self._lock = threading.Lock()
        self._client: Any = None

    def client(self) -> Any:
        with self._lock:
            if self._client is None:
                factory = _ParserFactory(self._session.get_component("response_parser_factory"))
                self._session.register_component("response_parser_factory", factory)
                self._client = self._session.create_client(
                    "s3",
                    region_name=self._globals.region,
                    endpoint_url=self._globals.endpoint_url,
                    verify=self._globals.verify_ssl,
                    config=Config(max_pool_connections=THREADS),
                )
                _skipDoubleReading(self._client.meta.events)
            return self._client


class _Question:
    """A question that is being answered."""

    def __init__(self, asked: dict[str, Any], output: _Output) -> None:
        self.asked = asked
        self.isCancelled = False
        self._output = output
        self._allowed = threading.Semaphore(asked.get("window", 1))

    def allow(self) -> None:
        """Let one more part go."""
        self._allowed.release()

    def cancel(self) -> None:
        self.isCancelled = True
        self._allowed.release()

    def send(self, kind: str, content: dict[str, Any], pieces: tuple[bytes, ...] = ()) -> None:
        """Send a part or the last line; a part waits until it is allowed."""
        if kind == "answer":
            self._allowed.acquire()
            if self.isCancelled:
                return
        line = {"id": self.asked["id"], kind: content}
        self._output.send({**line, "bytes": list(map(len, pieces))} if pieces else line, *pieces)


def _serve(questions: Any, output: _Output, maker: _ClientMaker) -> None:
    """Answer until there are no more questions."""
    pending: dict[int, _Question] = {}
    executor = ThreadPoolExecutor(THREADS)
    for line in questions:
        asked = json.loads(line)
        if "ask" in asked:
            pending[asked["id"]] = question = _Question(asked, output)
            executor.submit(_answer, question, maker, pending)
        elif (known := pending.get(asked["id"])) and "cancel" in asked:
            known.cancel()
        elif known:
            known.allow()


def _answer(question: _Question, maker: _ClientMaker, pending: dict[int, _Question]) -> None:
    try:
        answer = _ANSWERS[question.asked["ask"]](maker.client(), question)
        question.send("end", answer)
    except BrokenPipeError:  # nobody listens any more
        os._exit(1)
    except BaseException as error:  # whatever it is, the question must have its last line
        question.send("error", _errorOf(error))
    finally:
        pending.pop(question.asked["id"], None)


def _errorOf(error: BaseException) -> dict[str, Any]:
    response = getattr(error, "response", None)
    response = response if isinstance(response, dict) else {}
    return {
        "code": str(response.get("Error", {}).get("Code", "")),
        "status": response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0),
        "message": str(error) or type(error).__name__,
        "kind": type(error).__name__,
    }


def _listObjects(client: Any, question: _Question) -> dict[str, Any]:
    """Parts: the pages. A page that says that more follows, and where, is followed by the next one."""
    asked = question.asked
    end = asked.get("end")
    request = {**asked["parameters"], "EncodingType": "url"}
    while True:
        began = time.monotonic()
        page = client.list_objects_v2(**request)["CbackPage"]
        took = time.monotonic() - began
        token, isTruncated, columns = page["token"], page["isTruncated"], page["columns"]
        facts = {"count": page["count"], "isTruncated": isTruncated, "token": token, "took": took}
        question.send("answer", facts, columns)
        last = unquote_plus(columns[0].rpartition(b"\n")[2].decode()).encode()
        isPast = end is not None and last >= end.encode()
        if question.isCancelled or isPast or not (isTruncated is True and token):
            return {}
        if token == request.get("ContinuationToken"):
            raise RuntimeError("The same next token was received twice")
        request.pop("StartAfter", None)
        request["ContinuationToken"] = token


def _listVersions(client: Any, question: _Question) -> dict[str, Any]:
    page = client.list_object_versions(**question.asked["parameters"], EncodingType="url")["CbackPage"]
    return {**page}


def _getObject(client: Any, question: _Question) -> dict[str, Any]:
    asked = question.asked
    response = client.get_object(**asked["parameters"])
    body, size = response.pop("Body"), 0
    path = asked["path"].encode("latin-1")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            while not question.isCancelled and (chunk := body.read(_CHUNK)):
                size += len(chunk)
                rest = memoryview(chunk)
                while rest:
                    rest = rest[file.write(rest) :]
        if question.isCancelled:
            raise RuntimeError("given up")
        if size != response.get("ContentLength", size):
            raise RuntimeError(f"{size} bytes have come of {response['ContentLength']}")
    except BaseException:
        os.unlink(path)
        raise
    finally:
        body.close()
    return {**_plain(response), "Received": size}


def _call(client: Any, question: _Question) -> dict[str, Any]:
    operation = question.asked["operation"]
    if operation not in _CALLED:
        raise ValueError(f"{operation} is no operation of this session")
    response = getattr(client, xform_name(operation))(**question.asked["parameters"])
    headers = response["ResponseMetadata"].get("HTTPHeaders", {})
    newer = {name: headers[header] for name, header in _NEWER.items() if header in headers}
    return {**newer, **_plain(response)}


_ANSWERS = {"listObjects": _listObjects, "listVersions": _listVersions, "getObject": _getObject, "call": _call}


def _plain(value: Any) -> Any:
    """What JSON can hold of a response."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if name != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


class _ParserFactory:
    """Makes the parsers that aws would make, but lists are read here."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def set_parser_defaults(self, **kwargs: Any) -> None:
        self._real.set_parser_defaults(**kwargs)

    def create_parser(self, protocol_name: str) -> _Parser:
        return _Parser(self._real.create_parser(protocol_name))


def _skipDoubleReading(events: Any) -> None:
    """Let no page be read just to see whether it is an error, as newer aws does: that takes twice our own time."""
    check = getattr(handlers, "_handle_200_error", None)
    if check is None:
        return

    def checked(operation_model: Any, response_dict: Any, **more: Any) -> None:
        isPage = operation_model.name == "ListObjectsV2" and response_dict["status_code"] == 200
        page = _quickObjects(response_dict["body"]) if isPage else None
        if page is None:
            check(operation_model=operation_model, response_dict=response_dict, **more)
        else:
            response_dict.update(CbackPage=page, body=b"")

    events.unregister("before-parse.s3.*", check)
    events.register_first("before-parse.s3.*", checked)


class _Parser:
    """A parser of aws that reads lists itself, 20 times as quick, and versions in the order of the document."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def parse(self, response: Any, shape: Any) -> Any:
        read = _READERS.get(getattr(shape, "name", ""))
        page = response.get("CbackPage")
        if page is None and read and response["status_code"] == 200:
            page = read(response["body"])
        if page is None:  # no list: aws says what it is
            return self._real.parse(response, shape)
        headers = {name.lower(): value for name, value in response["headers"].items()}
        return {"CbackPage": page, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": headers}}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


_TEXT = rb"[^<>&\n]*"
_ENTRY = re.compile(
    rb"<Contents><Key>(%(text)s)</Key><LastModified>(%(text)s)</LastModified>"
    rb"<ETag>(?:&quot;|&#34;|\")([^<>&\"\n]*)(?:&quot;|&#34;|\")</ETag>"
    rb"(?:<Checksum(?:Algorithm|Type)>%(text)s</Checksum(?:Algorithm|Type)>)*"
    rb"<Size>([0-9]+)</Size>"
    rb"(?:<Owner>(?:<(?:ID|DisplayName)>[^<>]*</(?:ID|DisplayName)>)*</Owner>)?"
    rb"(?:<StorageClass>%(text)s</StorageClass>)?"
    rb"(?:<Owner>(?:<(?:ID|DisplayName)>[^<>]*</(?:ID|DisplayName)>)*</Owner>)?"
    rb"(?:<Type>%(text)s</Type>)?</Contents>" % {b"text": _TEXT}
)
_URL_ENCODED = b"<EncodingType>url</EncodingType>"
_LIST = re.compile(rb"\s*(?:<\?xml[^<>]*\?>\s*)?<ListBucketResult(?:\s[^<>]*)?>")


def readObjects(body: bytes) -> dict[str, Any] | None:
    """A page of objects: keys (encoded as in URLs), sizes, times and ETags as columns; None: it is no page."""
    return _quickObjects(body) or _properObjects(body)


def _quickObjects(body: bytes) -> dict[str, Any] | None:
    """The same of a page as Amazon and most others write it, each entry wholly as expected; None: not this one."""
    entries = _ENTRY.findall(body)
    isUsual = (
        len(entries) == body.count(b"<Contents") == body.count(b"</Contents>") == body.count(b"<Key>")
        and _URL_ENCODED in body
        and b"<!" not in body
        and _LIST.match(body)
        and body.count(b"</ListBucketResult>") == 1
        and body.rstrip().endswith(b"</ListBucketResult>")
    )
    if not isUsual or not entries:  # an empty page costs nothing to read properly
        return None
    outside = body[: body.index(b"<Contents>")] + body[body.rindex(b"</Contents>") :]
    truncated, tokens = (_ELEMENT[name].findall(outside) for name in _ELEMENT)
    if len(truncated) != outside.count(b"<IsTruncated") or len(tokens) != outside.count(b"<NextContinuationToken"):
        return None
    if len(truncated) > 1 or len(tokens) > 1:
        return None
    keys, times, etags, sizes = zip(*entries)  # noqa: B905 - aws may run in an old Python
    return {
        "count": len(entries),
        "columns": (b"\n".join(keys), b"\n".join(sizes), b"\n".join(times), b'"' + b'"\n"'.join(etags) + b'"'),
        "isTruncated": _boolean(truncated[0].decode() if truncated else None),
        "token": _unescaped(tokens[0].decode()) if tokens else None,
    }


_ELEMENT = {
    name: re.compile(b"<%s>([^<>]*)</%s>" % (name, name)) for name in (b"IsTruncated", b"NextContinuationToken")
}


_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


def _unescaped(text: str) -> str:
    """A token that may be a key, with characters that no XML may hold: they are no reason to fail."""

    def character(match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        return chr(int(decimal)) if decimal else chr(int(hexadecimal, 16)) if hexadecimal else _NAMED[name]

    return re.sub(r"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|(amp|lt|gt|quot|apos));", character, text)


def _properObjects(body: bytes) -> dict[str, Any] | None:
    root = _parsed(body, "ListBucketResult")
    if root is None:
        return None
    isEncoded = _textOf(root, "EncodingType") == "url"
    rows = []
    for each in root.iterfind("{*}Contents"):
        key = _textOf(each, "Key") or ""
        facts = (
            key if isEncoded else quote(key, safe="/"),
            str(int(_textOf(each, "Size") or "")),
            _oneLine(_textOf(each, "LastModified")),
            _oneLine(_textOf(each, "ETag")),
        )
        rows.append([fact.encode() for fact in facts])
    return {
        "count": len(rows),
        "columns": tuple(b"\n".join(row[column] for row in rows) for column in range(4)),
        "isTruncated": _boolean(_textOf(root, "IsTruncated")),
        "token": _textOf(root, "NextContinuationToken"),
    }


def readVersions(body: bytes) -> dict[str, Any] | None:
    """A page of versions and delete markers, in the order in which the server has written them; None: it is none."""
    root = _parsed(body, "ListVersionsResult")
    if root is None:
        return None
    isEncoded = _textOf(root, "EncodingType") == "url"

    def decoded(text: str | None) -> str | None:
        return unquote_plus(text) if text and isEncoded else text

    rows = []
    for each in root:
        kind = each.tag.rpartition("}")[2]
        if kind not in {"Version", "DeleteMarker"}:
            continue
        size = int(_textOf(each, "Size") or "") if kind == "Version" else None
        facts = [_textOf(each, name) for name in ("VersionId", "IsLatest", "LastModified", "ETag", "StorageClass")]
        versionId, isLatest, modified, etag, storageClass = facts
        rows.append(
            [decoded(_textOf(each, "Key")) or "", versionId, _boolean(isLatest), modified, size, etag, storageClass]
        )
    return {
        "rows": rows,
        "isTruncated": _boolean(_textOf(root, "IsTruncated")),
        "keyMarker": decoded(_textOf(root, "NextKeyMarker")),
        "versionIdMarker": _textOf(root, "NextVersionIdMarker"),
    }


_READERS = {"ListObjectsV2Output": readObjects, "ListObjectVersionsOutput": readVersions}


def _parsed(body: bytes, name: str) -> Any:
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - as aws itself reads it
    except (ElementTree.ParseError, ValueError):
        return None
    return root if root.tag.rpartition("}")[2] == name else None


def _textOf(element: Any, name: str) -> str | None:
    found = element.find("{*}" + name)
    return None if found is None else found.text or ""


def _oneLine(text: str | None) -> str:
    return (text or "").replace("\n", " ")


def _boolean(text: str | None) -> bool | None:
    return {"true": True, "false": False}.get((text or "").strip().lower())
