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

_KMS_ACTION = re.compile(r"\bkms:(GenerateDataKey|Decrypt|ReEncrypt\w*|DescribeKey)\b")
_ENCRYPTION = re.compile(r"encrypt|\bsse\b|server.side|aws:kms", re.IGNORECASE)
_STORAGE = re.compile(r"storage.?class", re.IGNORECASE)

_CREDENTIALS = "check the credentials, and that they are of the service at this endpoint"
_RENEW = "get new ones ('aws sso login', or what else gives them to this user), then run again"
_REGION = "name the bucket's region with --region"
_BUSY = "the server is busy: run again later, with fewer --listings or a larger AWS_MAX_ATTEMPTS"
_AGAIN = "run again; if it stays, ask whoever runs the server"
_POLICY = "check what this user may do (--printPolicy prints it), and with --expectedBucketOwner whose bucket it is"
_ENCRYPTED = "check --sse and --sseKmsKeyId, and whether this server knows them"
_CLASS = "check --storageClass: this server does not know it"
_KEY = "check that the key of AWS KMS exists, is enabled, and lies in the bucket's region"
_KEY_POLICY = "this user may not use the key: --printPolicy with --kmsKey KEY prints what that takes"
_UNKNOWN_TO_SERVER = (
    "this server does not know what it was asked for: check --storageClass, --sse and AWS_REQUEST_CHECKSUM_CALCULATION"
)
_NO_VERSIONS = (
    "this server lists no versions, which a restore begins with: 'aws s3 sync' fetches what is there, and "
    "'cback-amazons3-sync --verifyOnly --checkContent' proves it"
)

_BY_CODE = {
    "NoSuchBucket": "check the bucket's name, or create it by 'aws s3 mb'",
    "InvalidBucketName": "check the bucket's name: this server allows no such",
    "404": "check the bucket's name and the endpoint",
    **dict.fromkeys(("AccessDenied", "AllAccessDisabled", "AccountProblem", "403"), _POLICY),
    **dict.fromkeys(("InvalidAccessKeyId", "SignatureDoesNotMatch", "UnrecognizedClientException"), _CREDENTIALS),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired"), _RENEW),
    **dict.fromkeys(
        ("RequestTimeTooSkewed", "RequestExpired"), "set this machine's clock: 'timedatectl' tells whether it is right"
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
        "this server does not take the checksums of this aws: set AWS_REQUEST_CHECKSUM_CALCULATION to when_required",
    ),
    "BadDigest": "what arrived is not what was sent: check the network, then run again",
    "EntityTooLarge": "the file is larger than this server allows; leave it out with --exclude",
    "EntityTooSmall": "raise multipart_chunksize in the s3 section of the aws configuration",
    "KeyTooLongError": "shorten the path or the prefix",
    "QuotaExceeded": "the quota at the server is exhausted: raise it, or delete something there",
    "InvalidObjectState": "the object is archived: have it brought back with 'aws s3api restore-object' first",
    "NoSuchUpload": "somebody has ended the upload, perhaps a rule for incomplete ones; run again",
}

_BY_WORDS = (
    ("Unable to locate credentials", "configure them for the user who runs this"),
    ("Partial credentials", "both an access key and its secret are needed"),
    (
        "Error when retrieving credentials",
        "check credential_process and the like in ~/.aws/config; paths have to be whole",
    ),
    ("Error when retrieving token", _RENEW),
    ("Token has expired", _RENEW),
    ("The config profile", "check --profile, AWS_PROFILE and ~/.aws/config"),
    ("Unable to parse config file", "correct that file, which is the aws configuration of this user"),
    ("Unknown options", "this aws may be too old, --diagnostics shows which it is"),
    ("You must specify a region", _REGION),
    ("Invalid endpoint", "check --endpointUrl, AWS_ENDPOINT_URL and the region"),
    (
        "Could not find a suitable TLS CA certificate bundle",
        "check AWS_CA_BUNDLE, and ca_bundle in the aws configuration: it has to be the whole path of a file",
    ),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "if the server has a certificate of your own authority, name the authority's file in AWS_CA_BUNDLE; "
        "otherwise check the endpoint and this machine's clock",
    ),
    (
        "SSL validation failed",
        "check the endpoint and its certificate; AWS_CA_BUNDLE names the file of an authority of your own",
    ),
    ("connect to proxy", "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"),
    ("Could not connect", "check the network and the endpoint, then run again"),
    ("timeout on endpoint", "check the network and the endpoint, then run again"),
    ("Connection was closed", "check the network, then run again"),
    ("No space left on device", "make room there, or set TMPDIR to another directory"),
    ("Disk quota exceeded", "make room there, or set TMPDIR to another directory"),
    ("Read-only file system", "check the disk and its mount, and TMPDIR"),
    ("Too many open files", "raise the limit (ulimit -n, LimitNOFILE= of systemd)"),
    ("start new thread", "raise the limit of threads (ulimit -u, TasksMax= of systemd)"),
    ("Cannot allocate memory", "end other programs, or use fewer --listings"),
    ("MemoryError", "end other programs, or use fewer --listings"),
)
# aws's own crash on an error without a message
_SILENT = "'NoneType' is not iterable"
_SILENT_UPLOAD = (
    "the server has refused it without a reason: look for --storageClass or --sse, which it may not know, and for "
    "denied access"
)
_SILENT_OTHER = "look for a missing bucket, denied access or wrong credentials"


def adviceFor(said: str) -> str:
    """What to do about an aws that has failed; empty if nothing is known.

    Args:
        said: the last lines of its standard error
    """
    for match in ERROR_CODE.finditer(said):
        if advice := _adviceForCode(match[1], said[match.end() :]):
            return advice
    for sign, advice in _BY_WORDS:
        if sign.lower() in said.lower():
            return advice
    if _SILENT in said:
        return _SILENT_UPLOAD if "upload failed" in said else _SILENT_OTHER
    return ""


def _adviceForCode(code: str, message: str) -> str:
    """By the code, and by the message where a code has several reasons."""
    if code.startswith("KMS."):
        return _KEY
    if _KMS_ACTION.search(message):
        return _KEY_POLICY
    if code in {"InvalidArgument", "InvalidRequest", "NotImplemented", "MalformedXML", "400"}:
        if _STORAGE.search(message):
            return _CLASS
        if _ENCRYPTION.search(message):
            return _ENCRYPTED
    if code in {"MethodNotAllowed", "NotImplemented", "405"} and "ListObjectVersions" in message:
        return _NO_VERSIONS
    return _BY_CODE.get(code, "")


def notStartedSentence(found: str | None, obstacle: OSError | ValueError | None) -> str:
    """Why aws could not be started, and what to do.

    Args:
        found: the aws on the PATH; None: there is none that can be executed
        obstacle: what stood in the way, if it is known
    """
    if shortage := shortageSentence(obstacle):
        return f"aws cannot be started, because {shortage}, then run again"
    number = obstacle.errno if isinstance(obstacle, OSError) else None
    if number == errno.E2BIG:
        return "aws cannot be started, because its command line would be too long; give fewer --exclude"
    if number is None and obstacle is not None:
        return f"aws cannot be started: no program can be given such an argument ({displayText(str(obstacle))})"
    if found is None:
        if number == errno.EACCES:
            return "the aws on the PATH is not executable for this user; install the AWS CLI anew, or correct its mode"
        return "aws is not on the PATH; install the AWS CLI ('apt install awscli') and configure it ('aws configure')"
    reason = _REASONS.get(number or 0) or (os.strerror(number) if number else "")
    because = f" ({reason})" if reason else ""
    anew = "install the AWS CLI anew ('apt install --reinstall awscli')"
    return f"{displayPath(found)} cannot be started{because}; {anew}"


_REASONS = {
    errno.ENOENT: "the interpreter that its first line names is missing",
    errno.ENOEXEC: "it is no program for this machine",
    errno.EACCES: "it, its interpreter or a directory on the way is not executable for this user",
}
