"""The fakes themselves: what GitHub and Slack would refuse, they refuse; a scene that passes against them means something."""
import base64
import json
import subprocess
import time
import urllib.error
import urllib.request

import fake_slack
from stage import CHURN, example_file


def jwt(key_file, **claims):
    pack = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")
    now = int(time.time())
    text = pack({"alg": "RS256", "typ": "JWT"}) + b"." + pack({"iat": now - 60, "exp": now + 540, "iss": "4242", **claims})
    mac = subprocess.run(["openssl", "dgst", "-sha256", "-sign", str(key_file)], input=text, capture_output=True, check=True).stdout
    return (text + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


def ask(url, method="GET", body=None, token="", **headers):
    request = urllib.request.Request(url, json.dumps(body).encode() if body is not None else None, method=method)
    for name, value in {"Authorization": "Bearer " + token, "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "scene",
                        "Content-Type": "application/json", **headers}.items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read() or b"null")


def token_of(stage):
    status, made = ask(stage.github.url + "/api/v3/app/installations/77/access_tokens", "POST", {}, jwt(stage.key_file))
    assert status == 201
    return made["token"]


def scene_a_signed_app_gets_a_token_and_a_forged_one_does_not(stage, tmp_path):
    assert len(token_of(stage)) > 400
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "genrsa", "-out", str(other), "2048"], check=True, capture_output=True)
    assert ask(stage.github.url + "/api/v3/app", token=jwt(other))[0] == 401
    assert ask(stage.github.url + "/api/v3/app", token=jwt(stage.key_file, exp=int(time.time()) + 3600))[0] == 401
    assert len(stage.github.violations) == 2
    stage.github.violations.clear()


def scene_a_pull_request_is_there_by_api_and_by_git(stage, tmp_path):
    pull, token = stage.pull(), token_of(stage)
    api = stage.github.url + "/api/v3/repos/acme/dw"
    assert ask(f"{api}/pulls/42", token=token)[1]["head"]["sha"] == pull.head_sha
    files = ask(f"{api}/pulls/42/files?per_page=100", token=token)[1]
    assert [(f["filename"], f["status"]) for f in files] == [(CHURN, "added")] and files[0]["patch"].startswith("@@")
    address = stage.github.url.replace("http://", f"http://x-access-token:{token}@") + "/acme/dw.git"
    subprocess.run(["git", "-c", "init.defaultBranch=main", "init", "-q", str(tmp_path / "copy")], check=True)
    subprocess.run(["git", "-C", str(tmp_path / "copy"), "fetch", "-q", address, "refs/pull/42/head"], check=True)
    refused = subprocess.run(["git", "ls-remote", stage.github.url.replace("http://", "http://x:wrong@") + "/acme/dw.git"], capture_output=True, env={"GIT_TERMINAL_PROMPT": "0", "PATH": "/usr/bin:/bin"})
    assert refused.returncode != 0


def scene_a_note_off_the_diff_loses_the_whole_review(stage):
    pull, token = stage.pull(files={"ddl/silver.sql": (stage.work / "ddl/silver.sql").read_text().replace("email STRING", "email STRING COMMENT 'login'")}), token_of(stage)
    (first, last), = pull.hunks()["ddl/silver.sql"]
    review = lambda *lines: {"commit_id": pull.head_sha, "event": "COMMENT", "body": "x", "comments": [{"path": "ddl/silver.sql", "line": n, "side": "RIGHT", "body": "y"} for n in lines]}
    address = stage.github.url + "/api/v3/repos/acme/dw/pulls/42/reviews"
    assert ask(address, "POST", review(first, last + 1), token)[0] == 422
    assert stage.notes(pull) == [] and len(stage.github.violations) == 1
    stage.github.violations.clear()
    assert ask(address, "POST", review(first, last), token)[0] == 200
    assert len(stage.notes(pull)) == 2


def scene_expired_tokens_long_bodies_and_odd_pages_are_refused(stage):
    pull, token = stage.pull(), token_of(stage)
    api = stage.github.url + "/api/v3/repos/acme/dw"
    assert ask(f"{api}/issues/{pull.number}/comments", "POST", {"body": "x" * 65537}, token)[0] == 422
    assert ask(f"{api}/actions/secrets", token=token)[0] == 404
    assert ask(f"{api}/pulls/42", token=token, Accept="*/*")[0] == 200
    assert len(stage.github.violations) >= 3
    stage.github.violations.clear()
    stage.github.expire_tokens()
    assert ask(f"{api}/pulls/42", token=token)[0] == 401


def scene_slack_takes_what_slack_takes(stage):
    post = lambda body: ask(stage.slack.url + "/api/chat.postMessage", "POST", body, fake_slack.TOKEN)[1]
    made = post({"channel": "#data-reviews", "text": "hello", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}]})
    assert made["ok"] and stage.slack.message(contains="hello")
    assert not post({"channel": "#data-reviews", "text": "x", "blocks": [{"type": "divider"}] * 51})["ok"]
    assert not post({"channel": "#data-reviews", "blocks": []})["ok"]
    assert len(stage.slack.violations) == 2
    stage.slack.violations.clear()
