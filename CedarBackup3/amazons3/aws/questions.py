"""One question to S3: through the session where there is one, and otherwise by a command of `aws s3api`."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any

from CedarBackup3.amazons3.aws.arguments import operationArguments
from CedarBackup3.amazons3.aws.command import answerOf
from CedarBackup3.amazons3.aws.session.client import SessionLost, sessionOf
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.errors import CommandFailed

_log = logging.getLogger("CedarBackup3.log")


def askS3(
    operation: str,
    parameters: Mapping[str, Any],
    aws: AwsSettings,
    *,
    pays: bool = False,
    shouldStop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """What S3 answers, by its own names; times as texts. It may be asked twice, if the session is lost meanwhile.

    Where the settings have the requester pay, what takes that is charged.

    Args:
        operation: as S3 calls it, `GetBucketVersioning`; the session has to know it
        parameters: likewise, `{"Bucket": "name"}`
        aws: how to run it
        pays: whether there is enough to ask that a session should be started for it
        shouldStop: asked now and then; the question is given up once it says yes

    Raises:
        CommandFailed: S3 or aws refuses; `code` has the error code of S3
    """
    if aws.isRequesterPaying and operation in _CHARGED:
        parameters = {**parameters, "RequestPayer": "requester"}
    if session := sessionOf(aws, pays=pays):
        try:
            return session.ask(operation, parameters, shouldStop=shouldStop)
        except SessionLost as lost:
            _log.debug("A plain command asks again: %s", lost)
    result, printed = answerOf(operationArguments(operation, parameters), aws, shouldStop)
    if result.status != 0:
        raise CommandFailed(str(result), result.errorCode, " / ".join(filter(None, map(str.strip, result.errorLines))))
    # aws prints nothing, or null, of an answer without content.
    answer = json.loads(printed) if printed.strip() else None
    if answer is None:
        return {}
    if not isinstance(answer, dict):
        raise CommandFailed(f"'aws {result.subcommand}' printed what is no answer; run again")
    return answer


_CHARGED = {
    *("HeadObject", "DeleteObject"),
    *("ListMultipartUploads", "ListParts", "CompleteMultipartUpload", "AbortMultipartUpload"),
}
"""What takes `x-amz-request-payer` of what is asked so (API reference): nothing about a bucket as a whole does."""


def isDenied(failure: CommandFailed) -> bool:
    """Whether S3 refuses because these credentials may not do it; HEAD has no better code than 403."""
    return failure.code in {"AccessDenied", "403", "Forbidden", "AllAccessDisabled"}


BUSY_CODES = frozenset(
    {"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "500", "502", "503", "504"}
)
"""The codes of 5xx in "Error responses" of the API reference."""
_BUSY = re.compile(
    rf"\(({'|'.join(sorted(BUSY_CODES))})\)|reached max retries|[Rr]ead timeout|[Cc]onnect(ion|| timeout) "
)


def isBusy(reported: str) -> bool:
    """Whether a request failed in a way that may pass, going by what aws printed: the network, or a busy server."""
    return bool(_BUSY.search(reported))


def isUnknown(failure: CommandFailed) -> bool:
    """Whether the server does not know the operation."""
    return failure.code in {"NotImplemented", "MethodNotAllowed", "405", "501", "XNotImplemented"}
