"""Advice for the user after an AWS CLI process failed or could not be started, found by the error that it printed.

The codes are those of "Error responses" in the Amazon S3 API Reference, of AWS KMS and STS, and of Ceph and Swift; the
other words are those of aws itself.
"""

from __future__ import annotations

import errno
import os
import re

from CedarBackup3.util import displayPath, displayText, shortageSentence

ERROR_CODE = re.compile(r"An error occurred \(([^()\s]+)\)")
"""How aws prints the error code that a server gave."""

CHECKSUM_NEEDED = re.compile(r"content-md5[^/]*\brequired\b|\brequired\b[^/]*content-md5", re.IGNORECASE)
"""How a server says that an upload has to bring a checksum, which a bucket with Object Lock wants."""
LOCKED = re.compile(
    r"\bby object lock\b|\bworm protected\b|\bretention (period|policy)\b|\blegal hold\b", re.IGNORECASE
)
"""How a server says that it is Object Lock, or the like, which keeps something from being deleted."""

_CREDENTIALS = "check the credentials, and that they belong to the service at this endpoint"
_RENEW = "get new credentials ('aws sso login', or what else provides them to this user), then run again"
_CODE = "without a terminal nobody can be asked for a code: use credentials that need none, or that a program provides"
_REGION = "name the bucket's region with --region"
_BUSY = "the server is busy: run again later, with fewer --listings or a larger AWS_MAX_ATTEMPTS"
_AGAIN = "run again; if it happens again, ask the administrator of the server"
_POLICY = (
    "compare this user's permissions with what --printPolicy prints; with --expectedBucketOwner, check whose bucket it "
    "is; where the bucket's requester pays, use --requestPayer"
)
_ENCRYPTED = "check --sse, --sseKmsKeyId and --sseCustomerKeyFile, and whether this server supports them"
_NEEDS_KEY = "the object is encrypted with a customer's key: name the file of that key with --sseCustomerKeyFile"
_OTHER_KEY = (
    "compare this user's permissions with what --printPolicy prints; with --sseCustomerKeyFile, check that it holds "
    "the key with which the object is encrypted"
)
_CLASS = "check --storageClass: this server does not support it"
_KEY = "check that the key of AWS KMS exists, is enabled, and lies in the bucket's region"
_KEY_POLICY = "this user may not use the key; --printPolicy with --kmsKey KEY prints the permissions that it needs"
_UNKNOWN_TO_SERVER = (
    "this server does not support the request: check --storageClass, --sse and AWS_REQUEST_CHECKSUM_CALCULATION"
)
_LOCK = "Object Lock keeps it until its retention ends or its legal hold is lifted; no permission that is missing"
_CHECKSUM = (
    "the bucket has Object Lock, which takes uploads with a checksum only: set AWS_REQUEST_CHECKSUM_CALCULATION to "
    "when_supported"
)
_NO_VERSIONS = (
    "this server does not list versions, which a restore needs; fetch the objects with 'aws s3 sync', and prove them "
    "with 'cback-amazons3-sync --verifyOnly --checkContent'"
)

_BY_CODE = {
    "NoSuchBucket": "check the bucket's name, or create it with 'aws s3 mb'",
    "InvalidBucketName": "check the bucket's name: this server does not accept it",
    "404": "check the bucket's name and the endpoint",
    **dict.fromkeys(("AccessDenied", "AllAccessDisabled", "AccountProblem", "403"), _POLICY),
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "UnrecognizedClientException"), _CREDENTIALS),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired"), _RENEW),
    **dict.fromkeys(
        ("RequestTimeTooSkewed", "RequestExpired"),
        "set the clock of this machine; 'timedatectl' shows whether it is right",
    ),
    **dict.fromkeys(
        ("PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "301"), _REGION
    ),
    **dict.fromkeys(
        ("SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "RequestLimitExceeded", "503", "429"),
        _BUSY,
    ),
    **dict.fromkeys(("InternalError", "OperationAborted", "500", "502", "504"), _AGAIN),
    "RequestTimeout": "check the network, then run again",
    "InvalidStorageClass": _CLASS,
    **dict.fromkeys(("InvalidEncryptionAlgorithmError", "ServerSideEncryptionConfigurationNotFoundError"), _ENCRYPTED),
    "NotImplemented": _UNKNOWN_TO_SERVER,
    **dict.fromkeys(
        ("XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "MissingContentLength", "411", "501"),
        (
            "this server does not accept the checksums of this AWS CLI: set AWS_REQUEST_CHECKSUM_CALCULATION to "
            "when_required"
        ),
    ),
    "BadDigest": "the data changed on its way: check the network, then run again",
    "EntityTooLarge": "the file is larger than this server allows; leave it out with --exclude",
    "EntityTooSmall": "raise multipart_chunksize in the s3 section of the AWS configuration",
    "KeyTooLongError": "shorten the path or the prefix",
    "QuotaExceeded": "the quota at the server is used up: raise it, or delete something there",
    "InvalidObjectState": "the object is archived: ask for it with 'cback-amazons3-restore --thaw DAYS' first",
    "GlacierExpeditedRetrievalNotAvailable": "ask again later, or with Standard: Expedited has no capacity left now",
    "NoSuchUpload": "the upload was aborted, perhaps by a lifecycle rule for incomplete uploads; run again",
}

_UNSUPPORTED = ("InvalidArgument", "InvalidRequest", "NotImplemented", "MalformedXML", "400")
_BY_MESSAGE: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    ((), re.compile(r"\bkms:(GenerateDataKey|Decrypt|ReEncrypt\w*|DescribeKey)\b"), _KEY_POLICY),
    ((), CHECKSUM_NEEDED, _CHECKSUM),
    ((), LOCKED, _LOCK),
    (("AccessDenied", "403"), re.compile(r"the (Get|Head)Object operation"), _OTHER_KEY),
    (("InvalidRequest",), re.compile(r"stored using a form of Server Side Encryption"), _NEEDS_KEY),
    (_UNSUPPORTED, re.compile(r"storage.?class", re.IGNORECASE), _CLASS),
    (_UNSUPPORTED, re.compile(r"encrypt|\bsse\b|server.side|aws:kms", re.IGNORECASE), _ENCRYPTED),
    (("MethodNotAllowed", "NotImplemented", "405"), re.compile("ListObjectVersions"), _NO_VERSIONS),
)
"""What an error means whose code is one of these, or any, and whose message has such words."""

_BY_WORDS = (
    (", locked] ", _LOCK),
    ("Unable to locate credentials", "configure them for the user who runs this"),
    ("Partial credentials", "both an access key and its secret are needed"),
    (
        "Error when retrieving credentials",
        "check credential_process and the like in ~/.aws/config; their paths must be absolute",
    ),
    ("Error when retrieving token", _RENEW),
    ("Token has expired", _RENEW),
    ("Error loading SSO Token", _RENEW),
    ("Enter MFA code", _CODE),
    ("EOFError", _CODE),  # so an aws ends that asks where nobody can answer
    ("The config profile", "check --profile, AWS_PROFILE and ~/.aws/config"),
    ("Unable to parse config file", "correct that file, which is the AWS configuration of this user"),
    (
        "Missing Dependency",
        "for a multi-region access point use version 2 of the AWS CLI, or install botocore[crt] for it",
    ),
    ("Unknown options", "this AWS CLI may be too old; --diagnostics shows its version"),
    ("You must specify a region", _REGION),
    ("Invalid endpoint", "check --endpointUrl, AWS_ENDPOINT_URL and the region"),
    (
        "Could not find a suitable TLS CA certificate bundle",
        "check AWS_CA_BUNDLE, and ca_bundle in the AWS configuration: it must be the absolute path of a file",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "if the certificate of the server comes from a private authority, name the file of that authority in "
        "AWS_CA_BUNDLE; otherwise check the endpoint and the clock of this machine",
    ),
    (
        "SSL validation failed",
        "check the endpoint and its certificate; AWS_CA_BUNDLE names the file of a private authority",
    ),
    ("connect to proxy", "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"),
    ("Could not connect", "check the network and the endpoint, then run again"),
    ("timeout on endpoint", "check the network and the endpoint, then run again"),
    ("Connection was closed", "check the network, then run again"),
    ("No space left on device", "free space there, or set TMPDIR to another directory"),
    ("Disk quota exceeded", "free space there, or set TMPDIR to another directory"),
    ("Read-only file system", "check the disk and its mount, and TMPDIR"),
    ("Too many open files", "raise the limit (ulimit -n, LimitNOFILE= of systemd)"),
    ("start new thread", "raise the limit of threads (ulimit -u, TasksMax= of systemd)"),
    ("Cannot allocate memory", "end other programs, or use fewer --listings"),
    ("MemoryError", "end other programs, or use fewer --listings"),
)
# aws's own crash on an error without a message
_SILENT = "'NoneType' is not iterable"
_SILENT_UPLOAD = (
    "the server refused the request without a reason: check --storageClass and --sse, which it may not support, and "
    "the permissions"
)
_SILENT_OTHER = "check that the bucket exists, the permissions and the credentials"


def adviceFor(printed: str) -> str:
    """What to do about an aws that has failed; empty if nothing is known.

    Args:
        printed: the last lines of its standard error
    """
    for match in ERROR_CODE.finditer(printed):
        if advice := _adviceForCode(match[1], printed[match.end() :]):
            return advice
    for sign, advice in _BY_WORDS:
        if sign.lower() in printed.lower():
            return advice
    if _SILENT in printed:
        return _SILENT_UPLOAD if "upload failed" in printed else _SILENT_OTHER
    return ""


def _adviceForCode(code: str, message: str) -> str:
    """By the code, and by the message where a code has several reasons."""
    if code.startswith("KMS."):
        return _KEY
    own, _, _ = message.partition(" / ")  # further lines have names in them
    for codes, words, advice in _BY_MESSAGE:
        if (code in codes or not codes) and words.search(message if codes else own):
            return advice
    return _BY_CODE.get(code, "")


def notStartedSentence(found: str | None, obstacle: OSError | ValueError | None) -> str:
    """Why aws could not be started, and what to do.

    Args:
        found: the aws on the PATH; None: there is none that can be executed
        obstacle: what stood in the way, if it is known
    """
    if shortage := shortageSentence(obstacle):
        return f"The AWS CLI cannot be started: {shortage}, then run again"
    number = obstacle.errno if isinstance(obstacle, OSError) else None
    if number == errno.E2BIG:
        return "The AWS CLI cannot be started: its command line would be too long; use fewer --exclude patterns"
    if number is None and obstacle is not None:
        return (
            f"The AWS CLI cannot be started: the system does not accept such an argument ({displayText(str(obstacle))})"
        )
    if found is None:
        if number == errno.EACCES:
            return (
                "The aws command on the PATH is not executable by this user; reinstall the AWS CLI, or correct the mode"
            )
        return (
            "The aws command is not on the PATH; install the AWS CLI ('apt install awscli') and configure it ('aws "
            "configure')"
        )
    reason = _REASONS.get(number or 0) or (os.strerror(number) if number else "")
    because = f" ({reason})" if reason else ""
    anew = "reinstall the AWS CLI ('apt install --reinstall awscli')"
    return f"{displayPath(found)} cannot be started{because}; {anew}"


_REASONS = {
    errno.ENOENT: "the interpreter that its first line names is missing",
    errno.ENOEXEC: "it is not a program for this machine",
    errno.EACCES: "it, its interpreter or a directory on the way is not executable by this user",
}
