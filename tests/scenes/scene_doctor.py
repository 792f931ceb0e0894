"""`parley doctor` against a GitHub and a Slack that answer: what is missing is named, and nothing else."""
import subprocess


def doctor(stage, *words):
    service = stage.service or stage.serve(start=False)
    return service.run("doctor", "--settings", str(service.settings_file), *words)


def scene_an_app_made_from_the_manifest_is_fine(stage):
    status, said = doctor(stage, "--repo", "acme/dw")
    assert "wrong" not in said.replace("wrong usage", ""), said
    assert status == 0, said
    assert "github events" in said and "parley[bot]" in said


def scene_a_missing_permission_is_named_with_what_it_is_for(stage):
    stage.github.granted = {**stage.github.granted, "permissions": {"metadata": "read", "contents": "read", "pull_requests": "read", "checks": "write", "issues": "write", "members": "read"}}
    status, said = doctor(stage, "--repo", "acme/dw")
    assert status == 1 and "github pull_requests" in said and "write is needed to comment" in said, said
    assert said.count("wrong  ") == 1, said


def scene_a_missing_event_is_named_with_what_is_lost(stage):
    stage.github.granted = {**stage.github.granted, "events": [e for e in stage.github.granted["events"] if e != "pull_request_review_thread"]}
    status, said = doctor(stage, "--repo", "acme/dw")
    assert status == 1 and "github event pull_request_review_thread" in said and "which notes were dealt with" in said, said
    assert said.count("wrong  ") == 1, said


def scene_a_repository_without_the_app_is_told(stage):
    status, said = doctor(stage, "--repo", "acme/other")
    assert status == 1 and "github permissions" in said, said


def scene_a_key_that_github_does_not_know_is_told(stage, tmp_path):
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(other), "2048"], check=True, capture_output=True)
    stage.key_file = other
    status, said = doctor(stage)
    assert status == 1 and "401" in said, said
    assert stage.github.violations and all("does not verify" in v for v in stage.github.violations)
    stage.github.violations.clear()


def scene_offline_asks_nobody(stage):
    doctor(stage, "--offline")
    assert not stage.github.requests and not stage.slack.requests
