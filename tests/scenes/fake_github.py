"""A GitHub on loopback: the REST pages the bot may ask for, git over HTTP, App tokens. It keeps the state of repositories, refuses what
GitHub would refuse, and remembers every request that GitHub's contract does not allow: such a violation fails the scene.

REST lives below /api/v3, as on an Enterprise server; git below /.
"""
import base64
import binascii
import hashlib
import json
import os
import re
import subprocess
import time
from pathlib import Path
from urllib.parse import unquote

from contract import Contract
from fake_http import Answer, FakeServer

BODY_LIMIT = 65536
REACTIONS = {"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}
CONCLUSIONS = {"action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"}
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, 9.2: DigestInfo of SHA-256
BOT = {"login": "parley[bot]", "id": 9001, "type": "Bot"}
APP_ID = 4242


def git(directory, *words, binary=False, check=True):
    run = subprocess.run(["git", "-C", str(directory), *words], capture_output=True, check=check)
    return run.stdout if binary else run.stdout.decode().strip()


def spans(diff):
    """[(first line, last line) of the new side] of one file's unified diff with 3 lines of context: where comments may stand."""
    found = []
    for line in diff.splitlines():
        hunk = re.match(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@", line)
        if hunk and int(hunk.group(2) or 1):
            start = int(hunk.group(1))
            found.append((start, start + int(hunk.group(2) or 1) - 1))
    return found


def now_iso(offset=0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + offset))


class Pull:
    def __init__(self, repo, number, author, title, draft=False, fork=None, base="main"):
        self.repo, self.number, self.author, self.title, self.draft, self.base_ref = repo, number, author, title, draft, base
        self.fork = fork  # full name of the fork the head is in, None when it is in the repository itself
        self.state, self.head_ref = "open", f"branch-{number}"
        self.reviewers, self.teams, self.requests = [], [], 0
        self.review_comments, self.reviews = {}, []

    @property
    def head_sha(self):
        return git(self.repo.bare, "rev-parse", f"refs/pull/{self.number}/head")

    @property
    def base_sha(self):
        return git(self.repo.bare, "rev-parse", f"refs/heads/{self.base_ref}")

    def diff(self, *options, paths=()):
        return git(self.repo.bare, "diff", "--no-color", *options, f"{self.base_sha}...{self.head_sha}", "--", *paths)

    def hunks(self):
        """{path: spans} of the files as they are at the head."""
        names = self.diff("--name-only", "-z").split("\0")
        return {name: spans(self.diff(paths=[name])) for name in names if name}

    def json(self):
        head_repo = {"id": 6, "name": "dw", "full_name": self.fork, "fork": True} if self.fork else self.repo.json()
        return {
            "id": 900 + self.number, "number": self.number, "state": self.state, "draft": self.draft, "merged": False, "title": self.title,
            "body": None, "user": user_json(self.author), "author_association": "CONTRIBUTOR", "mergeable": True,
            "html_url": f"https://github.example/{self.repo.name}/pull/{self.number}",
            "head": {"ref": self.head_ref, "sha": self.head_sha, "repo": head_repo, "label": f"{head_repo['full_name'].split('/')[0]}:{self.head_ref}"},
            "base": {"ref": self.base_ref, "sha": self.base_sha, "repo": self.repo.json()},
            "labels": [], "changed_files": 1, "additions": 1, "deletions": 0,
            "requested_reviewers": [user_json(u) for u in self.reviewers], "requested_teams": [{"slug": t} for t in self.teams],
        }


class Repo:
    def __init__(self, name, bare, private=True):
        self.name, self.bare, self.private, self.id, self.installation = name, bare, private, 5, 77
        self.pulls, self.issues, self.comments, self.reactions, self.check_runs, self.statuses = {}, {}, {}, [], {}, []
        self.permissions = {}  # login -> admin | write | read

    def json(self):
        owner, name = self.name.split("/")
        return {"id": self.id, "name": name, "full_name": self.name, "private": self.private, "fork": False, "owner": {"login": owner, "type": "Organization"},
                "default_branch": "main", "html_url": "https://github.example/" + self.name}

    def comments_of(self, number):
        return [c for c in self.comments.values() if c["number"] == number]


def user_json(login):
    return {"login": login, "id": int(hashlib.sha256(login.encode()).hexdigest()[:6], 16), "type": "Bot" if login.endswith("[bot]") else "User"}


class FakeGitHub(FakeServer):
    def __init__(self, public_key, root):
        super().__init__()
        self.modulus, self.exponent = public_key
        self.root = root  # folder of bare repositories: ROOT/acme/dw.git
        self.repos, self.teams, self.tokens, self.next_id = {}, {}, {}, 5000
        self.pat = None  # a personal token that is accepted as well
        manifest = json.loads((Path(__file__).resolve().parents[2] / "deploy/github-app.json").read_text())
        self.granted = {"permissions": manifest["default_permissions"], "events": manifest["default_events"]}  # an App made from the manifest
        self.contract = Contract.load()
        self.tokens_made = 0
        self.routes = [(method, re.compile("^" + path + "$"), function) for method, path, function in self.table()]

    def table(self):
        r = r"/repos/(?P<repo>[^/]+/[^/]+)"
        return [
            ("GET", r"/app", self.get_app),
            ("GET", r"/user", self.get_user),
            ("POST", r"/app/installations/(?P<id>\d+)/access_tokens", self.make_token),
            ("GET", r"/app/hook/deliveries", self.get_deliveries),
            ("GET", r + r"/installation", self.get_installation),
            ("GET", r, self.get_repo),
            ("GET", r + r"/pulls", self.get_pulls),
            ("GET", r + r"/pulls/(?P<n>\d+)", self.get_pull),
            ("GET", r + r"/pulls/(?P<n>\d+)/files", self.get_files),
            ("GET", r + r"/compare/(?P<range>.+)", self.get_compare),
            ("GET", r + r"/commits/(?P<sha>[^/]+)/pulls", self.get_commit_pulls),
            ("GET", r + r"/contents/(?P<path>.+)", self.get_contents),
            ("GET", r + r"/git/trees/(?P<sha>[^/]+)", self.get_tree),
            ("GET", r + r"/git/blobs/(?P<sha>[^/]+)", self.get_blob),
            ("GET", r + r"/issues/(?P<n>\d+)/comments", self.get_comments),
            ("POST", r + r"/issues/(?P<n>\d+)/comments", self.make_comment),
            ("GET", r + r"/issues/comments/(?P<id>\d+)", self.get_comment),
            ("PATCH", r + r"/issues/comments/(?P<id>\d+)", self.edit_comment),
            ("DELETE", r + r"/issues/comments/(?P<id>\d+)", self.delete_comment),
            ("POST", r + r"/(?P<of>issues/comments|pulls/comments|issues)/(?P<id>\d+)/reactions", self.make_reaction),
            ("GET", r + r"/issues", self.get_issues),
            ("POST", r + r"/issues", self.make_issue),
            ("GET", r + r"/issues/(?P<n>\d+)", self.get_issue),
            ("PATCH", r + r"/issues/(?P<n>\d+)", self.edit_issue),
            ("GET", r + r"/pulls/(?P<n>\d+)/reviews", self.get_reviews),
            ("POST", r + r"/pulls/(?P<n>\d+)/reviews", self.make_review),
            ("GET", r + r"/pulls/(?P<n>\d+)/comments", self.get_review_comments),
            ("POST", r + r"/pulls/(?P<n>\d+)/comments", self.make_review_comment),
            ("PATCH", r + r"/pulls/comments/(?P<id>\d+)", self.edit_review_comment),
            ("DELETE", r + r"/pulls/comments/(?P<id>\d+)", self.delete_review_comment),
            ("GET", r + r"/pulls/(?P<n>\d+)/requested_reviewers", self.get_reviewers),
            ("POST", r + r"/pulls/(?P<n>\d+)/requested_reviewers", self.request_reviewers),
            ("POST", r + r"/check-runs", self.make_check),
            ("PATCH", r + r"/check-runs/(?P<id>\d+)", self.edit_check),
            ("GET", r + r"/check-runs/(?P<id>\d+)", self.get_check),
            ("GET", r + r"/commits/(?P<sha>[^/]+)/check-runs", self.get_checks),
            ("POST", r + r"/statuses/(?P<sha>[0-9a-f]{40})", self.make_status),
            ("GET", r + r"/commits/(?P<sha>[^/]+)/statuses", self.get_statuses),
            ("GET", r + r"/collaborators/(?P<login>[^/]+)/permission", self.get_permission),
            ("GET", r"/orgs/(?P<org>[^/]+)/teams/(?P<team>[^/]+)/members", self.get_members),
            ("GET", r"/orgs/(?P<org>[^/]+)/teams/(?P<team>[^/]+)/memberships/(?P<login>[^/]+)", self.get_membership),
        ]

    # -- for scenes ---------------------------------------------------------------------------------------------

    def add_repo(self, name, bare):
        self.repos[name] = Repo(name, bare)
        return self.repos[name]

    def expire_tokens(self):
        with self.changed:
            self.tokens = {token: 0 for token in self.tokens}

    def rate_limit(self, secondary, seconds, times=1, path=".*"):
        """The next requests below `path` are told to come back after `seconds`."""
        if secondary:
            body = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
                    "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}
            return self.fault(None, path, Answer(403, body, {"retry-after": str(seconds)}), times=times)
        body = {"message": "API rate limit exceeded for installation ID 77.", "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"}
        headers = {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(time.time()) + seconds)}
        return self.fault(None, path, Answer(403, body, headers), times=times)

    # -- the door -----------------------------------------------------------------------------------------------

    def answer(self, request):
        if not request.path.startswith("/api/v3/"):
            return self.answer_git(request)
        path = request.path[len("/api/v3"):]
        self.check_headers(request)
        for method, pattern, function in self.routes:
            found = pattern.match(path)
            if found and method == request.method:
                refused = self.check_token(request, path)
                if refused:
                    return refused
                self.check_contract(request, path)
                words = {k: unquote(v) for k, v in found.groupdict().items()}
                if "repo" in words:
                    repo = self.repos.get(words.pop("repo"))
                    if repo is None:
                        return Answer(404, {"message": "Not Found", "status": "404"})
                    words["repo"] = repo
                with self.changed:
                    return function(request, **words)
        self.violation(request, "not a page of GitHub that the bot should ask for")
        return Answer(404, {"message": "Not Found", "status": "404"})

    def check_headers(self, request):
        accept = request.headers.get("Accept", "")
        if not re.match(r"application/vnd\.github(\.[a-z-]+)?(\+json)?$", accept):
            self.violation(request, f"Accept is {accept!r}")
        if request.headers.get("X-GitHub-Api-Version") != "2022-11-28":
            self.violation(request, f"X-GitHub-Api-Version is {request.headers.get('X-GitHub-Api-Version')!r}")
        if not request.headers.get("User-Agent"):
            self.violation(request, "no User-Agent")
        if request.raw and not request.headers.get("Content-Type", "").startswith("application/json"):
            self.violation(request, f"Content-Type is {request.headers.get('Content-Type')!r}")
        if int(request.query.get("per_page", 30)) > 100:
            self.violation(request, "per_page is over 100")

    def check_contract(self, request, path):
        if self.contract is None:
            return
        body = request.json if request.raw else None
        for problem in self.contract.problems(request.method, path, request.query, body):
            self.violation(request, problem)

    def check_token(self, request, path):
        """None when the caller may go on, else the refusal."""
        bearer = request.headers.get("Authorization", "")
        if not bearer.startswith("Bearer "):
            self.violation(request, f"Authorization is {bearer[:12]!r}")
            return Answer(401, {"message": "Requires authentication", "status": "401"})
        token = bearer[7:]
        wants_jwt = path.startswith("/app") or path.endswith("/installation")
        if wants_jwt:
            why = self.jwt_problem(token)
            if why:
                self.violation(request, f"App JWT: {why}")
                return Answer(401, {"message": "A JSON web token could not be decoded", "status": "401"})
            return None
        if token == self.pat:
            return None
        with self.changed:
            if token not in self.tokens:
                self.violation(request, "an installation token we never gave")
            if self.tokens.get(token, 0) <= time.time():
                return Answer(401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest", "status": "401"})
        return None

    def jwt_problem(self, token):
        try:
            head, claims, signature = token.split(".")
            unpad = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            if "=" in token:
                return "padded"
            if json.loads(unpad(head)).get("alg") != "RS256":
                return "alg is not RS256"
            size = (self.modulus.bit_length() + 7) // 8
            plain = pow(int.from_bytes(unpad(signature), "big"), self.exponent, self.modulus).to_bytes(size, "big")
            digest = SHA256_PREFIX + hashlib.sha256(f"{head}.{claims}".encode()).digest()
            if plain != b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest:
                return "the signature does not verify"
            said = json.loads(unpad(claims))
        except (ValueError, binascii.Error) as why:
            return f"cannot be read: {why}"
        now = time.time()
        if str(said.get("iss")) != str(APP_ID):
            return f"iss is {said.get('iss')!r}"
        if not isinstance(said.get("iat"), int) or said["iat"] > now + 5:
            return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        if not now < said.get("exp", 0) <= now + 600:
            return "'Expiration time' claim ('exp') is too far in the future, or past"
        return None

    def page(self, request, items, wrap=None):
        size, number = int(request.query.get("per_page", 30)), int(request.query.get("page", 1))
        part, headers = items[(number - 1) * size:number * size], {}
        if number * size < len(items):
            query = "&".join(f"{k}={v}" for k, v in {**request.query, "page": number + 1}.items())
            headers["Link"] = f'<{self.url}{request.path}?{query}>; rel="next"'
        return Answer(200, {"total_count": len(items), wrap: part} if wrap else part, headers)

    def refuse(self, request, field, code, message, resource="IssueComment"):
        self.violation(request, f"422 {message}")
        return Answer(422, {"message": "Validation Failed", "errors": [{"resource": resource, "code": code, "field": field, "message": message}], "status": "422"})

    def new_id(self):
        self.next_id += 1
        return self.next_id

    # -- App, tokens --------------------------------------------------------------------------------------------

    def get_app(self, request):
        return Answer(200, {"id": APP_ID, "slug": "parley", "client_id": "Iv1.scene", "name": "Parley", "owner": {"login": "acme"}, **self.granted})

    def get_user(self, request):
        return Answer(200, user_json("parley-bot"))

    def get_deliveries(self, request):
        return Answer(200, [])

    def get_installation(self, request, repo):
        return Answer(200, {"id": repo.installation, "app_slug": "parley", "suspended_at": None, **self.granted})

    def make_token(self, request, id):
        body = request.json if request.raw else {}
        unknown = set(body or {}) - {"repository_ids", "repositories", "permissions"}
        if unknown:
            self.violation(request, f"unknown fields {sorted(unknown)}")
        self.tokens_made += 1
        # The long shape of tokens since 2026: two dots, some 500 characters, different each time.
        token = f"ghs_{APP_ID}_" + ".".join(hashlib.sha512(f"{self.tokens_made}.{i}".encode()).hexdigest() for i in range(3)) + "a" * 110
        self.tokens[token] = time.time() + 3600
        return Answer(201, {"token": token, "expires_at": now_iso(3600), "permissions": {"checks": "write", "contents": "read"}, "repository_selection": "all"})

    # -- reading ------------------------------------------------------------------------------------------------

    def get_repo(self, request, repo):
        return Answer(200, repo.json())

    def get_pulls(self, request, repo):
        state = request.query.get("state", "open")
        return self.page(request, [p.json() for p in repo.pulls.values() if state in ("all", p.state)])

    def get_pull(self, request, repo, n):
        pull = repo.pulls.get(int(n))
        if pull is None:
            return Answer(404, {"message": "Not Found", "status": "404"})
        if "diff" in request.headers.get("Accept", ""):
            return Answer(200, pull.diff())
        return Answer(200, pull.json())

    def get_files(self, request, repo, n):
        pull, files = repo.pulls[int(n)], []
        raw = pull.diff("--raw", "--no-abbrev", "-z", "-M").split("\0")
        while len(raw) > 1:
            marks = raw.pop(0).split()
            path, old = raw.pop(0), None
            if marks[4][0] in "RC":
                old, path = path, raw.pop(0)
            patch = pull.diff("-M", paths=[old, path] if old else [path])
            entry = {"sha": marks[3], "filename": path, "status": {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied"}[marks[4][0]],
                     "additions": 1, "deletions": 0, "changes": 1, "blob_url": "", "raw_url": "", "contents_url": ""}
            if "@@" in patch:
                entry["patch"] = patch[patch.index("@@"):]
            if old:
                entry["previous_filename"] = old
            files.append(entry)
        return self.page(request, files)

    def get_compare(self, request, repo, range):
        base, head = range.split("...")
        merge_base = git(repo.bare, "merge-base", base, head)
        return Answer(200, {"status": "ahead", "ahead_by": 1, "behind_by": 0, "merge_base_commit": {"sha": merge_base}, "commits": [], "files": []})

    def get_commit_pulls(self, request, repo, sha):
        return self.page(request, [p.json() for p in repo.pulls.values() if p.head_sha == sha])

    def get_contents(self, request, repo, path):
        run = subprocess.run(["git", "-C", str(repo.bare), "cat-file", "blob", f"{request.query.get('ref', 'main')}:{path}"], capture_output=True)
        if run.returncode:
            return Answer(404, {"message": "Not Found", "status": "404"})
        if "raw" in request.headers.get("Accept", ""):
            return Answer(200, run.stdout)
        return Answer(200, {"type": "file", "encoding": "base64", "path": path, "size": len(run.stdout), "content": base64.encodebytes(run.stdout).decode()})

    def get_tree(self, request, repo, sha):
        rows = git(repo.bare, "ls-tree", "-r", "-z", "-l", sha).split("\0")
        tree = []
        for row in filter(None, rows):
            marks, path = row.split("\t", 1)
            mode, kind, blob, size = marks.split()
            tree.append({"path": path, "mode": mode, "type": kind, "sha": blob, "size": 0 if size == "-" else int(size)})
        return Answer(200, {"sha": sha, "tree": tree, "truncated": False})

    def get_blob(self, request, repo, sha):
        bytes_ = git(repo.bare, "cat-file", "blob", sha, binary=True)
        if "raw" in request.headers.get("Accept", ""):
            return Answer(200, bytes_)
        return Answer(200, {"sha": sha, "size": len(bytes_), "encoding": "base64", "content": base64.b64encode(bytes_).decode()})

    def get_permission(self, request, repo, login):
        permission = repo.permissions.get(login)
        if permission is None:
            return Answer(404, {"message": f"{login} is not a user", "status": "404"})
        return Answer(200, {"permission": permission, "role_name": permission, "user": user_json(login)})

    def get_members(self, request, org, team):
        return self.page(request, [user_json(u) for u in self.teams.get(f"{org}/{team}", [])])

    def get_membership(self, request, org, team, login):
        if login in self.teams.get(f"{org}/{team}", []):
            return Answer(200, {"state": "active", "role": "member", "url": ""})
        return Answer(404, {"message": "Not Found", "status": "404"})

    # -- comments, reactions, issues ----------------------------------------------------------------------------

    def comment_json(self, comment):
        return {"id": comment["id"], "body": comment["body"], "user": comment["user"], "performed_via_github_app": None, "created_at": comment["created_at"], "updated_at": comment["created_at"],
                "html_url": f"https://github.example/comment/{comment['id']}", "author_association": "NONE"}

    def add_comment(self, repo, number, user, body):
        comment = {"id": self.new_id(), "number": number, "body": body, "user": user, "created_at": now_iso(), "edits": 0}
        repo.comments[comment["id"]] = comment
        return comment

    def get_comments(self, request, repo, n):
        return self.page(request, [self.comment_json(c) for c in repo.comments_of(int(n))])

    def get_comment(self, request, repo, id):
        comment = repo.comments.get(int(id))
        return Answer(200, self.comment_json(comment)) if comment else Answer(404, {"message": "Not Found", "status": "404"})

    def body_refused(self, request, body):
        if set(body) != {"body"} or not isinstance(body["body"], str) or not body["body"].strip():
            return self.refuse(request, "body", "missing_field", "Body can't be blank")
        if len(body["body"]) > BODY_LIMIT:
            return self.refuse(request, "body", "unprocessable", "Body is too long (maximum is 65536 characters)")
        return None

    def make_comment(self, request, repo, n):
        refused = self.body_refused(request, request.json)
        if refused:
            return refused
        return Answer(201, self.comment_json(self.add_comment(repo, int(n), self.me(request), request.json["body"])))

    def me(self, request):
        return user_json("parley-bot") if request.headers["Authorization"] == f"Bearer {self.pat}" else dict(BOT)

    def edit_comment(self, request, repo, id):
        comment = repo.comments.get(int(id))
        if comment is None:
            return Answer(404, {"message": "Not Found", "status": "404"})
        if comment["user"]["login"] != self.me(request)["login"]:
            self.violation(request, "edits a comment of " + comment["user"]["login"])
            return Answer(403, {"message": "Resource not accessible by integration", "status": "403"})
        refused = self.body_refused(request, request.json)
        if refused:
            return refused
        comment["body"], comment["edits"] = request.json["body"], comment["edits"] + 1
        return Answer(200, self.comment_json(comment))

    def delete_comment(self, request, repo, id):
        if repo.comments.pop(int(id), None) is None:
            return Answer(404, {"message": "Not Found", "status": "404"})
        return Answer(204)

    def make_reaction(self, request, repo, of, id):
        if request.json.get("content") not in REACTIONS:
            return self.refuse(request, "content", "invalid", "content is not a reaction", "Reaction")
        reaction = (of, int(id), request.json["content"])
        known = reaction in repo.reactions
        if not known:
            repo.reactions.append(reaction)
        return Answer(200 if known else 201, {"id": 1, "content": reaction[2], "user": self.me(request)})

    def issue_json(self, repo, issue):
        return {**issue, "user": dict(BOT), "html_url": f"https://github.example/{repo.name}/issues/{issue['number']}", "labels": [{"name": l} for l in issue["labels"]]}

    def get_issues(self, request, repo):
        state = request.query.get("state", "open")
        return self.page(request, [self.issue_json(repo, i) for i in repo.issues.values() if state in ("all", i["state"])])

    def make_issue(self, request, repo):
        body = request.json
        if not body.get("title") or len(body["title"]) > 256 or len(body.get("body") or "") > BODY_LIMIT:
            return self.refuse(request, "title", "invalid", "title is missing or too long", "Issue")
        number = 100 + len(repo.issues)
        repo.issues[number] = {"id": self.new_id(), "number": number, "title": body["title"], "body": body.get("body"), "labels": body.get("labels", []), "state": "open"}
        return Answer(201, self.issue_json(repo, repo.issues[number]))

    def get_issue(self, request, repo, n):
        issue = repo.issues.get(int(n))
        return Answer(200, self.issue_json(repo, issue)) if issue else Answer(404, {"message": "Not Found", "status": "404"})

    def edit_issue(self, request, repo, n):
        issue = repo.issues.get(int(n))
        if issue is None:
            return Answer(404, {"message": "Not Found", "status": "404"})
        issue.update({k: v for k, v in request.json.items() if k in ("title", "body", "labels", "state")})
        return Answer(200, self.issue_json(repo, issue))

    # -- reviews ------------------------------------------------------------------------------------------------

    def get_reviews(self, request, repo, n):
        return self.page(request, repo.pulls[int(n)].reviews)

    def line_problem(self, pull, comment, places):
        """Why GitHub would not take this comment, or None."""
        allowed = {"path", "body", "side", "line", "start_side", "start_line"}
        if set(comment) - allowed:
            return f"unknown fields {sorted(set(comment) - allowed)}"
        if not comment.get("body") or len(comment["body"]) > BODY_LIMIT:
            return "body is missing or too long"
        if comment.get("side", "RIGHT") != "RIGHT" or not isinstance(comment.get("line"), int):
            return "line could not be resolved"
        inside = [s for s in places.get(comment.get("path"), []) if s[0] <= comment["line"] <= s[1]]
        if not inside:
            return "Pull request review thread line must be part of the diff"
        start = comment.get("start_line")
        if start is not None and start >= comment["line"]:
            return "start line must precede the end line"
        if start is not None and not inside[0][0] <= start:
            return "start line must be part of the same hunk as the line"
        return None

    def make_review(self, request, repo, n):
        pull, body = repo.pulls[int(n)], request.json
        if set(body) - {"commit_id", "event", "body", "comments"}:
            self.violation(request, f"unknown fields {sorted(body)}")
        if body.get("event") != "COMMENT":
            self.violation(request, f"event is {body.get('event')!r}: the bot comments, it never approves or blocks")
        places = pull.hunks()
        for comment in body.get("comments", []):
            why = self.line_problem(pull, comment, places)
            if why:
                self.violation(request, f"422 {why}: {comment.get('path')}:{comment.get('line')}")
                return Answer(422, {"message": "Unprocessable Entity", "errors": [why], "status": "422"})
        review = {"id": self.new_id(), "body": body.get("body", ""), "state": "COMMENTED", "user": self.me(request), "commit_id": body.get("commit_id")}
        pull.reviews.append(review)
        for comment in body.get("comments", []):
            self.add_review_comment(pull, {**comment, "commit_id": body.get("commit_id")}, self.me(request), review["id"])
        return Answer(200, review)

    def add_review_comment(self, pull, body, user, review=None, reply_to=None):
        comment = {"id": self.new_id(), "path": body.get("path"), "line": body.get("line"), "original_line": body.get("line"), "start_line": body.get("start_line"), "side": "RIGHT",
                   "commit_id": body.get("commit_id"), "body": body["body"], "user": user, "pull_request_review_id": review, "created_at": now_iso()}
        if reply_to:
            comment["in_reply_to_id"] = reply_to
        pull.review_comments[comment["id"]] = comment
        return comment

    def get_review_comments(self, request, repo, n):
        return self.page(request, list(repo.pulls[int(n)].review_comments.values()))

    def make_review_comment(self, request, repo, n):
        pull, body = repo.pulls[int(n)], request.json
        if "in_reply_to" in body:
            if body["in_reply_to"] not in pull.review_comments:
                return self.refuse(request, "in_reply_to", "invalid", "the comment is not there", "PullRequestReviewComment")
            return Answer(201, self.add_review_comment(pull, body, self.me(request), reply_to=body["in_reply_to"]))
        why = self.line_problem(pull, {k: v for k, v in body.items() if k not in ("commit_id", "subject_type")}, pull.hunks())
        if why:
            return self.refuse(request, "line", "invalid", why, "PullRequestReviewComment")
        return Answer(201, self.add_review_comment(pull, body, self.me(request)))

    def find_review_comment(self, repo, id):
        return next(((p, p.review_comments[int(id)]) for p in repo.pulls.values() if int(id) in p.review_comments), (None, None))

    def edit_review_comment(self, request, repo, id):
        pull, comment = self.find_review_comment(repo, id)
        if comment is None:
            return Answer(404, {"message": "Not Found", "status": "404"})
        refused = self.body_refused(request, request.json)
        if refused:
            return refused
        comment["body"] = request.json["body"]
        return Answer(200, comment)

    def delete_review_comment(self, request, repo, id):
        pull, comment = self.find_review_comment(repo, id)
        if comment is None:
            return Answer(404, {"message": "Not Found", "status": "404"})
        if comment["user"]["login"] != self.me(request)["login"]:
            self.violation(request, "deletes somebody else's comment")
            return Answer(403, {"message": "Resource not accessible by integration", "status": "403"})
        del pull.review_comments[int(id)]
        return Answer(204)

    def get_reviewers(self, request, repo, n):
        pull = repo.pulls[int(n)]
        return Answer(200, {"users": [user_json(u) for u in pull.reviewers], "teams": [{"slug": t} for t in pull.teams]})

    def request_reviewers(self, request, repo, n):
        pull, body = repo.pulls[int(n)], request.json
        if set(body) - {"reviewers", "team_reviewers"}:
            self.violation(request, f"unknown fields {sorted(body)}")
        users, teams = body.get("reviewers", []), body.get("team_reviewers", [])
        if pull.author in users:
            return self.refuse(request, "reviewers", "unprocessable", "Review cannot be requested from pull request author.", "PullRequest")
        org = repo.name.split("/")[0]
        if any(u not in repo.permissions for u in users) or any(f"{org}/{t}" not in self.teams for t in teams):
            return Answer(422, {"message": "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.", "status": "422"})
        pull.requests += 1
        pull.reviewers += [u for u in users if u not in pull.reviewers]
        pull.teams += [t for t in teams if t not in pull.teams]
        return Answer(201, pull.json())

    # -- checks and statuses ------------------------------------------------------------------------------------

    def check_problem(self, body, is_new):
        allowed = {"name", "head_sha", "status", "started_at", "external_id", "details_url", "conclusion", "completed_at", "output", "actions"}
        output = body.get("output") or {}
        if set(body) - allowed or (not is_new and "head_sha" in body):
            return f"unknown fields {sorted(set(body) - allowed)}"
        if is_new and not (body.get("name") and re.fullmatch(r"[0-9a-f]{40}", body.get("head_sha", ""))):
            return "name and head_sha are required"
        if "conclusion" in body and body["conclusion"] not in CONCLUSIONS:
            return f"conclusion {body['conclusion']!r}"
        if body.get("status") == "completed" and "conclusion" not in body:
            return "completed without a conclusion"
        if output and not (output.get("title") and output.get("summary")):
            return "output needs title and summary"
        if len(output.get("title", "")) > 255 or any(len(output.get(k) or "") > 65535 for k in ("summary", "text")):
            return "title, summary or text is too long"
        if len(output.get("annotations", [])) > 50:
            return "more than 50 annotations in one request"
        for note in output.get("annotations", []):
            if note.get("annotation_level") not in ("notice", "warning", "failure") or not note.get("path") or not note.get("message"):
                return f"annotation {note}"
            if not 1 <= note.get("start_line", 0) <= note.get("end_line", 0) or len(note.get("title", "")) > 255 or len(note["message"].encode()) > 65536:
                return f"annotation lines or lengths: {str(note)[:200]}"
            if "start_column" in note and note["start_line"] != note["end_line"]:
                return "annotation columns over several lines"
        for action in body.get("actions", []):
            if len(action["label"]) > 20 or len(action["description"]) > 40 or len(action["identifier"]) > 20:
                return f"action {action}"
        if len(body.get("actions", [])) > 3:
            return "more than 3 actions"
        return None

    def put_check(self, request, repo, check, body):
        output = body.pop("output", {})
        notes = check.setdefault("annotations", [])
        notes += output.pop("annotations", [])
        check.update(body)
        check.setdefault("output", {}).update(output)
        if "conclusion" in body:
            check["status"] = "completed"
        return {**{k: v for k, v in check.items() if k != "annotations"}, "app": {"id": APP_ID, "slug": "parley"}}

    def make_check(self, request, repo):
        body = request.json
        if request.headers["Authorization"] == f"Bearer {self.pat}":
            return Answer(403, {"message": "You must authenticate via a GitHub App.", "status": "403"})
        why = self.check_problem(body, True)
        if why:
            return self.refuse(request, "output", "invalid", why, "CheckRun")
        check = {"id": self.new_id(), "status": "queued", "conclusion": None}
        repo.check_runs[check["id"]] = check
        return Answer(201, self.put_check(request, repo, check, body))

    def edit_check(self, request, repo, id):
        why = self.check_problem(request.json, False)
        if why:
            return self.refuse(request, "output", "invalid", why, "CheckRun")
        check = repo.check_runs.get(int(id))
        return Answer(200, self.put_check(request, repo, check, request.json)) if check else Answer(404, {"message": "Not Found", "status": "404"})

    def get_check(self, request, repo, id):
        check = repo.check_runs.get(int(id))
        return Answer(200, self.put_check(request, repo, check, {})) if check else Answer(404, {"message": "Not Found", "status": "404"})

    def get_checks(self, request, repo, sha):
        name = request.query.get("check_name")
        found = [self.put_check(request, repo, c, {}) for c in repo.check_runs.values() if c["head_sha"] == sha and name in (None, c["name"])]
        return self.page(request, found, "check_runs")

    def make_status(self, request, repo, sha):
        body = request.json
        if body.get("state") not in ("error", "failure", "pending", "success") or len(body.get("description") or "") > 140:
            return self.refuse(request, "description", "custom", "description is too long (maximum is 140 characters)", "Status")
        repo.statuses.append({"sha": sha, **body})
        return Answer(201, {"id": self.new_id(), **body})

    def get_statuses(self, request, repo, sha):
        return self.page(request, [s for s in reversed(repo.statuses) if s["sha"] == sha])  # newest first

    # -- git ----------------------------------------------------------------------------------------------------

    def answer_git(self, request):
        """git over HTTP through git's own CGI program; the token comes as the password of a basic login."""
        word = request.headers.get("Authorization", "")
        password = base64.b64decode(word[6:]).decode().partition(":")[2] if word.startswith("Basic ") else None
        if not (self.tokens.get(password, 0) > time.time() or (self.pat and password == self.pat)):
            return Answer(401, "who are you", {"WWW-Authenticate": 'Basic realm="GitHub"'})
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": request.path, "QUERY_STRING": request.query_string,
            "REQUEST_METHOD": request.method, "CONTENT_TYPE": request.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(request.raw)),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""), "HTTP_GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "REMOTE_USER": "x-access-token", "REMOTE_ADDR": "127.0.0.1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        }
        run = subprocess.run(["git", "http-backend"], input=request.raw, env=environment, capture_output=True)
        head, _, body = run.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200").split()[0])
        headers.pop("Content-Length", None)
        return Answer(status, body, headers)
