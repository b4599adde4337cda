"""From a request to its answer, through the faults."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace

from testcase.s3.bucketoperations import ACCOUNT
from testcase.s3.errors import S3Error
from testcase.s3.faults import Await, BreakXml, CutBody, Effect, Hang, Refuse, Reset
from testcase.s3.messages import Request, RequestRecord, Response
from testcase.s3.routes import Route, routeOf
from testcase.s3.service import Service
from testcase.s3.xmltext import errorDocument


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back. None instead of a response: reset the connection."""

    response: Response | None
    cut: CutBody | None = None


def answer(service: Service, request: Request, requestId: str) -> Answer:
    """Note the request, wait as the server is told to, and do what is asked or what a fault says."""
    route = routeOf(request)
    operation = route.operation if route else ""
    service.requests.append(_record(request, operation))
    effect = None
    if route and _isSigned(request):
        effect = service.faults.effectOn(operation, request.bucket, request.key)
    _wait(service, effect)
    if service.stopping.is_set() or (isinstance(effect, Reset) and not effect.performed):
        return Answer(None)
    response = _performed(service, route, replace(request, effect=effect), requestId)
    if isinstance(effect, Reset):
        return Answer(None)
    if isinstance(effect, BreakXml):
        response = replace(response, body=response.body[: len(response.body) // 2] + b"<&")
    return Answer(response, effect if isinstance(effect, CutBody) else None)


def _record(request: Request, operation: str) -> RequestRecord:
    query = {name: value.decode("utf-8", "replace") for name, value in request.query.items()}
    body = request.body if request.method == "POST" else b""
    return RequestRecord(request.method, operation, request.bucket, request.key, query, request.headers, body)


def _isSigned(request: Request) -> bool:
    return "authorization" in request.headers or "X-Amz-Signature" in request.query


def _wait(service: Service, effect: Effect | None) -> None:
    service.stopping.wait(service.latency)
    if isinstance(effect, Hang):
        service.stopping.wait(effect.seconds)
    if isinstance(effect, Await):
        while not effect.turn.acquire(timeout=0.05) and not service.stopping.is_set():
            pass


def _performed(service: Service, route: Route | None, request: Request, requestId: str) -> Response:
    try:
        if route is None:
            raise S3Error("NotImplemented")
        if not _isSigned(request):
            raise S3Error("AccessDenied")
        if service.accessKey and f"Credential={service.accessKey}/" not in request.headers.get("authorization", ""):
            raise S3Error("InvalidAccessKeyId")
        if request.headers.get("x-amz-expected-bucket-owner", ACCOUNT) != ACCOUNT:
            raise S3Error("AccessDenied")
        if service.requesterPays and request.headers.get("x-amz-request-payer") != "requester":
            raise S3Error("AccessDenied")
        if isinstance(request.effect, Refuse):
            raise request.effect.error()
        return route.function(service, request)
    except S3Error as error:
        return errorResponse(error, request.path, requestId)
    except Exception:
        # A defect of this server: say so to whoever reads the client's output.
        defect = S3Error("InternalError", f"defect of the test server: {traceback.format_exc()}")
        return errorResponse(defect, request.path, requestId)


def errorResponse(error: S3Error, path: str, requestId: str) -> Response:
    """The answer that tells of an error."""
    if error.status == 304:
        return Response(304, error.headers)
    return Response(error.status, error.headers, errorDocument(error, path, requestId))
