"""What is judged of a bucket by what it answers, and how the page shows it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from CedarBackup3.amazons3.aws.locale import AwsLocale
from CedarBackup3.amazons3.aws.settings import AwsSettings
from CedarBackup3.amazons3.bucket.uploads import IncompleteUpload
from CedarBackup3.amazons3.inspect.findings import Finding
from CedarBackup3.amazons3.inspect.judgement import judge
from CedarBackup3.amazons3.inspect.lifecycle import lifecycleFindings, rulesTouching
from CedarBackup3.amazons3.inspect.page import isSound, pageJson, pageText
from CedarBackup3.amazons3.inspect.questions import PERMISSIONS, Answer, BucketAnswers, UploadFound
from CedarBackup3.amazons3.model import S3Location

AWS = AwsSettings(AwsLocale("C.UTF-8", "utf-8", ""), profile="my own", endpointUrl="https://s3.example.com")
NOW = 1_800_000_000.0
DAY = 86_400
BLOCKED = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
ENDING = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
OLD = {"NoncurrentVersionExpiration": {"NoncurrentDays": 90}}
RETENTION = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}
ALMOST = {**BLOCKED, "BlockPublicPolicy": False}
TAGGED = {"And": {"Tags": [{"Key": "a\n", "Value": "b"}]}}
ANSWERED, NONE, DENIED = Answer("answered", {}), Answer("none", {}), Answer("denied", {})
UNSUPPORTED, FAILED = Answer("unsupported", {}), Answer("failed", {}, "500")


def _given(**value: Any) -> Answer:
    return Answer("answered", value)


def _rule(**facts: Any) -> dict[str, Any]:
    return {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "p/"}, **facts}


def _encrypting(**applied: str) -> Answer:
    rules = [{"ApplyServerSideEncryptionByDefault": applied}]
    return _given(ServerSideEncryptionConfiguration={"Rules": rules})


SOUND: Mapping[str, Answer] = {
    **dict.fromkeys(PERMISSIONS, ANSWERED),
    "versioning": _given(Status="Enabled"),
    "objectLock": _given(
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": RETENTION}}
    ),
    "lifecycle": _given(Rules=[_rule(**OLD, **ENDING)]),
    "encryption": _encrypting(SSEAlgorithm="AES256"),
    "publicAccess": _given(PublicAccessBlockConfiguration=BLOCKED),
    "policyStatus": NONE,
    "mayDelete": Answer("notAsked", {}),
    "mayDeleteVersions": DENIED,
}


def _found(answers: Mapping[str, Answer], uploads: tuple[UploadFound, ...] = ()) -> BucketAnswers:
    return BucketAnswers(S3Location("bucket", "p/"), {**SOUND, **answers}, uploads)


def _upload(days: float, size: int | None = 1000, key: str = "p/a") -> UploadFound:
    return UploadFound(IncompleteUpload(key, "id", int(NOW - days * DAY)), size)


def test_a_sound_bucket_has_no_warning_and_every_question_an_answer() -> None:
    findings = judge(_found({}), NOW, AWS)
    assert isSound(findings), findings
    assert {each.level for each in findings} == {"good", "note"}


@pytest.mark.parametrize("topic", [topic for topic in PERMISSIONS if not topic.startswith("may")])
def test_what_may_not_be_asked_names_the_permission_and_is_not_sound(topic: str) -> None:
    findings = judge(_found({topic: DENIED}, (_upload(0.1),)), NOW, AWS)
    assert [f"s3:{PERMISSIONS[topic]}" in each.text for each in findings if each.level == "unknown"] == [True]
    assert not isSound(findings)


@pytest.mark.parametrize(
    ("topic", "answer", "level", "words"),
    [
        ("versioning", ANSWERED, "warning", "off: "),
        ("versioning", _given(Status="Suspended"), "warning", "suspended: "),
        ("versioning", UNSUPPORTED, "warning", "does not have it"),
        ("versioning", FAILED, "unknown", "cannot be asked: 500"),
        ("objectLock", NONE, "note", "off: "),
        ("objectLock", UNSUPPORTED, "note", "does not have it"),
        ("objectLock", _given(ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}), "note", "without a default"),
        ("encryption", NONE, "note", "none by default"),
        ("encryption", _encrypting(SSEAlgorithm="aws:kms", KMSMasterKeyID="k\n"), "good", "aws:kms with the key k\\n"),
        ("publicAccess", NONE, "warning", "not blocked"),
        ("publicAccess", _given(PublicAccessBlockConfiguration=ALMOST), "warning", "BlockPublicPolicy missing"),
        ("policyStatus", _given(PolicyStatus={"IsPublic": True}), "warning", "policy is public"),
        ("policyStatus", _given(PolicyStatus={"IsPublic": False}), "good", "blocked"),
        ("mayList", DENIED, "warning", "s3:ListBucket is missing"),
        ("mayPut", DENIED, "warning", "s3:PutObject is missing"),
        ("mayPut", NONE, "good", "yes"),
        ("mayPut", FAILED, "unknown", "cannot be asked: 500"),
        ("mayDelete", DENIED, "warning", "s3:DeleteObject is missing"),
        ("mayGet", DENIED, "note", "s3:GetObject is missing"),
        ("mayDeleteVersions", ANSWERED, "warning", "can destroy"),
        ("mayDeleteVersions", NONE, "warning", "can destroy"),
        ("mayDeleteVersions", FAILED, "unknown", "cannot be asked"),
    ],
)  # fmt: skip
def test_each_answer_is_judged(topic: str, answer: Answer, level: str, words: str) -> None:
    shown = "publicAccess" if topic == "policyStatus" else topic
    found = [each for each in judge(_found({topic: answer}), NOW, AWS) if each.topic == shown and words in each.text]
    assert [each.level for each in found] == [level]
    assert all(each.advice for each in found if level == "warning" and answer is not UNSUPPORTED)


def test_who_never_deletes_needs_no_permission_to_delete() -> None:
    assert isSound(judge(_found({"mayDelete": DENIED}), NOW, AWS, deletes=False))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (_rule(Expiration={"Days": 1}), ("warning", 'rule "r" deletes current objects after 1 day')),
        (_rule(Expiration={"Date": "2030-01-02T00:00:00Z"}), ("warning", "from 2030-01-02 on")),
        (_rule(Filter={"And": {"Prefix": "p/x/", "ObjectSizeLessThan": 1024}}, Expiration={"Days": 9}),
         ("warning", "(only keys that begin with p/x/, only below 1.0 KiB) deletes current")),
        (_rule(Filter={"Tag": {"Key": "a", "Value": "b"}}, Expiration={"Days": 9}), ("note", "uploads have no tags")),
        (_rule(Filter=TAGGED, Expiration={"Days": 9}), ("note", "tagged a\\n=b")),
        (_rule(Expiration={"ExpiredObjectDeleteMarker": True}), None),
        (_rule(Filter={"Prefix": "p"}, Expiration={"Days": 1}), ("warning", "deletes current")),
        (_rule(Filter={}, Expiration={"Days": 1}), ("warning", "deletes current")),
        ({"Prefix": "", "Status": "Enabled", "Expiration": {"Days": 1}}, ("warning", "rule 1 deletes current")),
        (_rule(Filter={"Prefix": "q/"}, Expiration={"Days": 1}), None),
        (_rule(Status="Disabled", Expiration={"Days": 1}), ("note", "is disabled")),
        (_rule(NoncurrentVersionExpiration={"NoncurrentDays": 29}), ("warning", "removes old versions 29 days after")),
        (_rule(NoncurrentVersionExpiration={"NoncurrentDays": 30, "NewerNoncurrentVersions": 3}),
         ("good", "but for the newest 3")),
        (_rule(Transitions=[{"Days": 0, "StorageClass": "DEEP_ARCHIVE"}]), ("note", "takes 12 to 48 hours")),
        (_rule(NoncurrentVersionTransitions=[{"NoncurrentDays": 5, "StorageClass": "STANDARD_IA"}]),
         ("note", "moves old versions to STANDARD_IA after 5 days")),
        (_rule(**ENDING), ("good", "incomplete uploads end after 7 days")),
        (_rule(ID="a\x1b", **OLD), ("good", 'rule "a\\x1b" removes old')),
    ],
)  # fmt: skip
def test_what_a_rule_does_to_the_prefix_is_said(rule: dict[str, Any], expected: tuple[str, str] | None) -> None:
    findings = list(lifecycleFindings(list(rulesTouching({"Rules": [rule]}, "p/")), keepsVersions=False))
    said = [(each.level, each.text) for each in findings if each.text != "no rule ends every incomplete upload here"]
    assert len(said) == (expected is not None)
    assert expected is None or (said[0][0] == expected[0] and expected[1] in said[0][1]), said


def test_a_rule_for_a_part_neither_ends_all_uploads_nor_removes_all_old_versions() -> None:
    rule = _rule(Filter={"Prefix": "p/x/"}, **OLD, **ENDING)
    findings = list(lifecycleFindings(list(rulesTouching({"Rules": [rule]}, "p/")), keepsVersions=True))
    assert [each.text[:9] for each in findings if each.level == "note"] == ["no rule r", "no rule e"]


@pytest.mark.parametrize(
    ("rules", "ages", "level", "words"),
    [
        ([_rule(**ENDING)], [7.9, 2], "note", "2 under way"),
        ([_rule(**ENDING)], [8.1, 2], "warning", "1 begun more than 8 days ago hold 1000 bytes"),
        ([], [0.9], "note", "1 under way, begun within 1 day"),
        ([], [1.1], "warning", "1 begun more than 1 day ago"),
        ([_rule(Status="Disabled", **ENDING)], [1.1], "warning", "1 begun more than 1 day ago"),
        ([], [9] * 9, "warning", "9 begun more than 1 day ago hold 8.8 KiB"),
    ],
)
def test_an_upload_is_abandoned_if_it_is_older_than_a_rule_leaves_it_or_a_day(
    rules: list[dict[str, Any]], ages: list[float], level: str, words: str
) -> None:
    found = _found({"lifecycle": _given(Rules=rules)}, tuple(map(_upload, ages)))
    (finding,) = (each for each in judge(found, NOW, AWS) if each.topic == "incompleteUploads")
    assert (finding.level, words in finding.text) == (level, True), finding
    assert (
        len(finding.details) == min(len(ages) if level == "note" else sum(age > 1 for age in ages if age > 2), 6) or 1
    )


def test_the_page_is_as_wide_as_a_screen_and_escapes_names() -> None:
    rule = _rule(ID="é \x1b[2J" + "long " * 30, Expiration={"Days": 1})
    answers = {"lifecycle": _given(Rules=[rule]), "publicAccess": DENIED, "versioning": ANSWERED}
    found = _found(answers, (_upload(9, None, "p/\n\u202e"),))
    text = pageText(found, judge(found, NOW, AWS))
    assert all(len(line) <= 80 for line in text.splitlines()), text
    assert text.replace("\n", "").isprintable()
    assert "s3://bucket/p/\\n\\u202e" in text
    assert text.splitlines()[-1] == "3 warnings; 1 question without an answer"


def test_the_json_has_names_as_they_are() -> None:
    found = _found({"publicAccess": DENIED}, (_upload(9, 5, "p/\n\u202e"),))
    page = json.loads(pageJson(found, judge(found, NOW, AWS)))
    assert page["incompleteUploads"][0]["key"] == "p/\n\u202e"
    assert (page["bucket"], page["prefix"], page["warnings"], page["unknown"]) == ("bucket", "p/", 1, 1)
    assert set(page["findings"][0]) == {"topic", "level", "text", "advice", "command"}


def test_a_command_that_is_too_long_for_a_line_can_still_be_pasted() -> None:
    finding = Finding("versioning", "warning", "off", "Turn it on.", tuple(f"word{number}" for number in range(30)))
    lines = pageText(_found({}), [finding]).splitlines()
    shown = [line for line in lines if "word" in line]
    assert " ".join(line.removesuffix("\\").strip() for line in shown) == " ".join(finding.command)
    assert [line.endswith(" \\") for line in shown] == [True] * (len(shown) - 1) + [False]


def test_the_commands_reach_the_bucket_that_was_asked() -> None:
    findings = judge(_found({"versioning": ANSWERED, "publicAccess": NONE}, (_upload(9),)), NOW, AWS)
    switches = {
        each.command[0]: {"'--profile=my own'", "--endpoint-url=https://s3.example.com"}
        for each in findings
        if each.command
    }
    switches["cback-amazons3-sync"] = {"--profile='my own'", "--endpointUrl=https://s3.example.com"}
    assert {each.topic for each in findings if each.command} == {"versioning", "publicAccess", "incompleteUploads"}
    assert all(switches[each.command[0]] <= set(each.command) for each in findings if each.command)
