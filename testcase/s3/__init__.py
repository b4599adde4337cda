"""An S3 server on loopback: byte exact, with versions, and with faults on command.

    with S3Server(buckets=("bucket",)) as server:
        server.putObject("bucket", b"prefix/stale", b"content")
        server.addFault(Fault("PutObject", DENY, key=b"prefix/secret"))
        subprocess.run(["aws", "s3", "sync", ...], env={**os.environ, **server.environment()})
        assert list(server.objects("bucket")) == [b"prefix/file"]
        assert [request.operation for request in server.requests] == ["ListObjectsV2", ...]

It speaks path-style requests of one account and verifies no signature, though a request must have
one. There are no ACLs, policies or tags: what it does not understand it refuses with 501 NotImplemented. Rules of
lifecycle, default encryption and blocks of public access are kept and given back, but nothing follows them. A default
retention of Object Lock is followed: uploads need a checksum, and versions stay until their time. Nothing is
encrypted, but what is said to be, by KMS or with a customer's key, has an ETag that is no digest, as in S3. Its
listings can take the manners of other servers (`server.manners = CEPH`).
"""

from testcase.s3.bucket import StoredObject, Versioning
from testcase.s3.bucketoperations import ACCOUNT
from testcase.s3.errors import S3Error
from testcase.s3.faults import (
    DENY,
    SLOW_DOWN,
    Await,
    BreakXml,
    CutBody,
    Effect,
    Fault,
    Forget,
    Hang,
    Refuse,
    RefuseBatch,
    Reset,
    TruncateListing,
)
from testcase.s3.manners import CEPH, JAVASCRIPT, UNSORTED, Manners
from testcase.s3.messages import RequestRecord
from testcase.s3.server import S3Server

__all__ = [
    "ACCOUNT",
    "CEPH",
    "DENY",
    "JAVASCRIPT",
    "SLOW_DOWN",
    "UNSORTED",
    "Await",
    "BreakXml",
    "CutBody",
    "Effect",
    "Fault",
    "Forget",
    "Hang",
    "Manners",
    "Refuse",
    "RefuseBatch",
    "RequestRecord",
    "Reset",
    "S3Error",
    "S3Server",
    "StoredObject",
    "TruncateListing",
    "Versioning",
]
