"""The stage of a scene: a fake GitHub with the repository acme/dw, a fake Slack, the real service, and people who do things.

acme/dw is the example lakehouse that ships with the project.
"""
import os
import shutil
import subprocess
from pathlib import Path

from fake_github import APP_ID, FakeGitHub, Pull, git, now_iso, user_json
from fake_slack import FakeSlack
from service import Service

SOURCE = Path(__file__).resolve().parents[2]
EXAMPLE = SOURCE / "deploy/example"
CHURN = "models/ds/churn_features.sql"
CLEAN = "models/marts/ticket_backlog.sql"
MARK = "<!-- parley:"


def example_file(path):
    return (EXAMPLE / "feature" / path).read_text()
COMMIT_DATE = "2026-01-01T00:00:00Z"  # the same files give the same commits on every stage


class Stage:
    def __init__(self, folder, key_file, public_key):
        self.folder = Path(folder)
        self.bares, self.work = self.folder / "git", self.folder / "work"
        self.github, self.slack = FakeGitHub(public_key, self.bares), FakeSlack()
        self.key_file, self.service, self.started, self.base = key_file, None, [], None
        self.repo = self.make_repo("acme/dw")
        self.repo.permissions = {"ana": "write", "lee": "write", "dana": "write", "mo": "write", "boss": "admin", "eve": "read"}
        self.github.teams = {"acme/data-eng": ["lee", "sam"], "acme/analytics-eng": ["dana"], "acme/data-science": ["ana"]}
        self.slack.emails = {"U1": "lee@acme.example", "U2": "ana@acme.example"}

    def make_repo(self, name):
        self.work.mkdir(parents=True, exist_ok=True)
        shutil.copytree(EXAMPLE / "main", self.work, dirs_exist_ok=True)
        git(self.work, "init", "-q", "-b", "main")
        self.commit("The lakehouse as it is")
        bare = self.bares / (name + ".git")
        bare.parent.mkdir(parents=True)
        subprocess.run(["git", "clone", "-q", "--bare", str(self.work), str(bare)], check=True)
        return self.github.add_repo(name, bare)

    def close(self):
        for service in self.started:
            if service.process and service.process.poll() is None:
                service.kill()
        self.github.close()
        self.slack.close()

    # -- the service --------------------------------------------------------------------------------------------

    def settings(self, extra="", data="data"):
        return f"""
data: {self.folder}/{data}
{"store: " + self.base.url if self.base else ""}
listen: 127.0.0.1:0
github:
  api: {self.github.url}/api/v3
  git: {self.github.url}
  app_id: "{APP_ID}"
  private_key_file: {self.key_file}
slack:
  api: {self.slack.url}/api
  channel: "#data-reviews"
  response_hosts: [127.0.0.1]
http: {{timeout_seconds: 5}}
catch_up_minutes: 0
{extra}"""

    @property
    def place(self):
        """What --data takes."""
        return self.base.url if self.base else str(self.folder / "data")

    def serve(self, extra="", start=True, data="data", **environment):
        """One more service: with a `base` and a data folder of its own, several may be at work."""
        self.service = Service(self.folder, self.settings(extra, data), {}, base=self.base, name="parley" if data == "data" else data)
        self.started.append(self.service)
        return self.service.start(**environment) if start else self.service

    # -- git ----------------------------------------------------------------------------------------------------

    def commit(self, message):
        environment = {**os.environ, "GIT_AUTHOR_NAME": "Ana", "GIT_AUTHOR_EMAIL": "ana@acme.example", "GIT_COMMITTER_NAME": "Ana", "GIT_COMMITTER_EMAIL": "ana@acme.example",
                       "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_DATE": COMMIT_DATE, "GIT_COMMITTER_DATE": COMMIT_DATE}
        git(self.work, "add", "-A")
        subprocess.run(["git", "-C", str(self.work), "commit", "-q", "--allow-empty", "-m", message], check=True, env=environment)

    def write(self, files):
        for path, text in files.items():
            target = self.work / path
            if text is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def push(self, pull, files, message="More work"):
        """A new commit of the pull request; sends nothing."""
        git(self.work, "checkout", "-q", "-B", f"pr{pull.number}", pull.head_sha if pull.number in pull.repo.pulls else "main")
        self.write(files)
        self.commit(message)
        git(self.work, "push", "-q", "-f", str(pull.repo.bare), f"HEAD:refs/pull/{pull.number}/head")
        if not pull.fork:
            git(self.work, "push", "-q", "-f", str(pull.repo.bare), f"HEAD:refs/heads/{pull.head_ref}")
        git(self.work, "checkout", "-q", "main")
        return pull.head_sha

    def push_main(self, files, message="Work on main"):
        git(self.work, "checkout", "-q", "main")
        before = git(self.work, "rev-parse", "HEAD")
        self.write(files)
        self.commit(message)
        git(self.work, "push", "-q", str(self.repo.bare), "HEAD:refs/heads/main")
        return before, git(self.work, "rev-parse", "HEAD")

    def pull(self, number=42, author="ana", title="Churn features for Germany", files=None, **more):
        """A pull request with these files; sends nothing."""
        pull = Pull(self.repo, number, author, title, **more)
        self.push(pull, files if files is not None else {CHURN: example_file(CHURN)}, title)
        self.repo.pulls[number] = pull
        return pull

    # -- deliveries ---------------------------------------------------------------------------------------------

    def common(self, sender):
        return {"repository": self.repo.json(), "organization": {"login": "acme"}, "installation": {"id": self.repo.installation}, "sender": user_json(sender)}

    def deliver(self, event, payload, **more):
        status = self.service.send_github(event, payload, **more)
        assert 200 <= status < 300, f"{event} was answered {status}\n{self.service.tail()}"

    def opened(self, pull, action="opened", **more):
        self.deliver("pull_request", {"action": action, "number": pull.number, "pull_request": pull.json(), **self.common(pull.author)}, **more)

    def synchronized(self, pull, before, **more):
        self.deliver("pull_request", {"action": "synchronize", "number": pull.number, "before": before, "after": pull.head_sha, "pull_request": pull.json(), **self.common(pull.author)}, **more)

    def says(self, login, pull, words):
        """Somebody writes a comment under the pull request, and GitHub delivers it."""
        comment = self.github.add_comment(self.repo, pull.number, user_json(login), words)
        issue = {"number": pull.number, "state": "open", "user": user_json(pull.author), "title": pull.title, "pull_request": {"url": f"{self.github.url}/api/v3/repos/acme/dw/pulls/{pull.number}"}}
        self.deliver("issue_comment", {"action": "created", "issue": issue, "comment": {**self.github.comment_json(comment), "author_association": "MEMBER"}, **self.common(login)})
        return comment

    def resolves(self, login, pull, note, action="resolved"):
        """Somebody resolves the thread that begins with a note on a line."""
        self.deliver("pull_request_review_thread", {"action": action, "pull_request": pull.json(), "thread": {"comments": [note]}, **self.common(login)})

    def main_pushed(self, before, after):
        self.deliver("push", {"ref": "refs/heads/main", "before": before, "after": after, "forced": False, "deleted": False, "created": False, "commits": [], **self.common("ana")})

    # -- what is there now --------------------------------------------------------------------------------------

    def summaries(self, pull):
        return [c for c in self.repo.comments_of(pull.number) if c["user"]["login"] == "parley[bot]" and c["body"].startswith(MARK) or MARK + "summary" in c["body"]]

    def summary(self, pull):
        """The one sticky comment; None when there is none, a failure when there are more."""
        found = self.summaries(pull)
        assert len(found) <= 1, f"{len(found)} sticky comments:\n" + "\n---\n".join(c["body"][:300] for c in found)
        return found[0] if found else None

    def check(self, pull):
        """The newest completed check run of the pull request's head."""
        sha = pull.head_sha
        return next((c for c in reversed(list(self.repo.check_runs.values())) if c["head_sha"] == sha and c["status"] == "completed"), None)

    def notes(self, pull):
        return list(pull.review_comments.values())

    def wait_settled(self, seconds=90):
        self.service.wait_settled(seconds)

    def outside(self, pull):
        """Everything visible outside, without ids and times: what must be the same after a crash as without one."""
        body = lambda text: "\n".join(l for l in text.splitlines() if not l.startswith("<!--"))
        return {
            "comments": sorted(body(c["body"]) for c in self.summaries(pull)),
            "notes": sorted((n["path"], n["line"], body(n["body"])) for n in self.notes(pull)),
            "checks": sorted((c["head_sha"], c["name"], c["conclusion"] or "", c.get("output", {}).get("title", "")) for c in self.repo.check_runs.values()),
            "annotations": sorted(len(c.get("annotations", [])) for c in self.repo.check_runs.values()),
            "reviewers": (sorted(pull.reviewers), sorted(pull.teams), pull.requests),
            "slack": sorted(m["text"] for m in self.slack.messages.values()),
        }
