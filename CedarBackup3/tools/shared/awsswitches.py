"""The switches that say how aws is run and reaches the bucket, and the settings that they make."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from CedarBackup3.cli import Exclusion, Need, Switch, notEmpty, seconds

if TYPE_CHECKING:
    from CedarBackup3.amazons3.aws.settings import AwsSettings

# Those that `aws s3 sync` and `aws s3 cp` take, version 1 and 2 alike.
_STORAGE_CLASSES = (
    *("STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING"),
    *("GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"),
)


def _region(text: str) -> str:
    if not re.fullmatch(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)", text):
        raise ValueError("must be the name of a region, such as eu-central-1")
    return text


def _endpointUrl(text: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9\[][!-~]*", text) or re.search("[@?#]", text):
        raise ValueError("must be an address such as https://s3.example.com, without user, password and query")
    return text


def _account(text: str) -> str:
    if not re.fullmatch(r"[0-9]{12}", text):
        raise ValueError("must be the twelve digits of an account")
    return text


def _kmsKey(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9:/_-]*", text) or "://" in text:  # aws would read file://x
        raise ValueError("must be the id, the alias or the ARN of a key")
    return text


AWS_SWITCHES = (
    Switch("", "profile", "Use this profile of the AWS configuration", "NAME", "", notEmpty),
    Switch("", "region", "Use this region", "REGION", "", _region),
    Switch("", "endpointUrl", "Use the S3 service at this address", "URL", "", _endpointUrl),
    Switch("", "expectedBucketOwner", "Fail if the bucket is another account's", "ACCOUNT", "", _account),
    Switch("", "requestPayer", "Pay for requests, if the bucket's owner does not"),
    Switch("", "sseCustomerKeyFile", "Encrypt and read objects with the key in FILE", "FILE", "", notEmpty),
    Switch("", "awsTimeout", "Time limit of an AWS CLI process; 0: none", "SECONDS", "0", seconds),
    Switch("", "awsIdleTimeout", "Idle limit of an AWS CLI process; 0: none", "SECONDS", "3600", seconds),
    Switch(
        "",
        "awsSession",
        "Share an AWS CLI process: auto, always, never",
        "WHEN",
        "auto",
        choices=("auto", "always", "never"),
    ),
)
"""For every tool that runs aws."""

UPLOAD_SWITCHES = (
    Switch("", "storageClass", "Storage class of uploaded objects", "CLASS", choices=_STORAGE_CLASSES),
    Switch("", "sse", "Encryption by the server: AES256 or aws:kms", "KIND", choices=("AES256", "aws:kms")),
    Switch("", "sseKmsKeyId", "The key for --sse aws:kms", "KEY", "", _kmsKey),
)
"""For tools that upload, beside the others."""


POLICY_SWITCHES = (
    Switch("", "printPolicy", "Print the IAM policy that a run needs, and exit"),
    Switch("", "kmsKey", "With --printPolicy: the bucket's key of AWS KMS", "KEY", "", _kmsKey),
)
"""For tools that can print the policy."""

KEY_NEEDS_POLICY = Need("kmsKey", ("printPolicy",), "what encrypts uploads is --sseKmsKeyId")
ONE_ENCRYPTION = Exclusion("sse", "sseCustomerKeyFile", "objects are encrypted with one key, the server's or this one")
KEY_NEEDS_KMS = Need("sseKmsKeyId", ("sse=aws:kms",), "nothing else takes a key")


def policySettings(aws: AwsSettings, kmsKey: str) -> AwsSettings:
    """The settings that a policy is made for: the key that the bucket encrypts with is as good as one of `--sse`."""
    from dataclasses import replace

    return replace(aws, sseKmsKeyId=kmsKey or aws.sseKmsKeyId)


def awsSettings(values: Mapping[str, Any]) -> AwsSettings:
    """The settings that these switches make, in this process's locale; the customer's key is read for a run only.

    Args:
        values: of a command line, by the names of the switches; those for uploads may be missing
    """
    from CedarBackup3.amazons3.aws.locale import awsLocale
    from CedarBackup3.amazons3.aws.settings import AwsSettings

    locale = awsLocale()
    return AwsSettings(
        locale,
        timeLimit=values["awsTimeout"],
        idleLimit=values["awsIdleTimeout"],
        sessionWanted=values["awsSession"],
        profile=locale.decoded(os.fsencode(values["profile"])),
        region=values["region"],
        endpointUrl=values["endpointUrl"],
        expectedBucketOwner=values["expectedBucketOwner"],
        isRequesterPaying=values["requestPayer"],
        storageClass=values.get("storageClass", ""),
        sse=values.get("sse", ""),
        sseKmsKeyId=values.get("sseKmsKeyId", ""),
        uploads=values.get("uploads", 0),
        bandwidth=values.get("bandwidth") or 0,
    )
