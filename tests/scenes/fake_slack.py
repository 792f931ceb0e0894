"""A Slack on loopback: messages, updates, ephemeral posts, response addresses. It refuses what Slack would refuse and remembers why."""
import json

from fake_http import Answer, FakeServer

TOKEN = "xoxb-scene-token"
LIMIT_TEXT, LIMIT_BLOCKS, LIMIT_TOTAL = 40000, 50, 12000


class FakeSlack(FakeServer):
    def __init__(self):
        super().__init__()
        self.messages = {}  # (channel, ts) -> body
        self.responses = {}  # path -> [body]
        self.ephemerals = []
        self.emails = {}  # user id -> e-mail address
        self.last = 1767225600

    def heads(self):
        """Messages of a channel; updates in their threads left out."""
        return [m for m in self.messages.values() if not m.get("thread_ts")]

    def message(self, **wanted):
        """The first message whose text or blocks hold all of the words given as contains=..."""
        words = wanted.get("contains", "")
        return next((m for m in self.messages.values() if words in json.dumps(m, ensure_ascii=False)), None)

    def answer(self, request):
        if request.path.startswith("/api/"):
            return self.answer_method(request, request.path[len("/api/"):])
        if request.path.startswith(("/commands/", "/actions/", "/services/")):
            return self.answer_response(request)
        self.violation(request, "not a page of Slack that the bot should ask for")
        return Answer(404, {"ok": False, "error": "unknown_method"})

    def answer_method(self, request, method):
        if request.headers.get("Authorization") != "Bearer " + TOKEN:
            self.violation(request, "no bearer token of ours")
            return Answer(200, {"ok": False, "error": "invalid_auth"})
        known = {
            "chat.postMessage": self.post_message,
            "chat.update": self.update,
            "chat.postEphemeral": self.post_ephemeral,
            "auth.test": lambda r, b: Answer(200, {"ok": True, "team_id": "T1", "user_id": "UBOT", "bot_id": "B1"}),
            "users.info": self.user_info,
            "users.lookupByEmail": self.user_lookup,
            "conversations.list": self.channel_list,
            "conversations.history": self.history,
            "conversations.replies": self.history,
        }
        if method not in known:
            self.violation(request, "an unexpected method")
            return Answer(200, {"ok": False, "error": "unknown_method"})
        if method.startswith("chat."):
            if request.method != "POST" or not request.headers.get("Content-Type", "").startswith("application/json"):
                self.violation(request, "chat methods take a POST of JSON")
                return Answer(200, {"ok": False, "error": "invalid_form_data"})
            return known[method](request, request.json)
        return known[method](request, request.query)

    def limits(self, request, body, ephemeral=False):
        """The error Slack would answer, or None."""
        off = []
        if not body.get("text"):
            off.append(("no_text", "text is the notification and must always be there"))
        if len(body.get("text", "")) > LIMIT_TEXT:
            off.append(("msg_too_long", "text is too long"))
        blocks = body.get("blocks") or []
        if len(blocks) > LIMIT_BLOCKS:
            off.append(("invalid_blocks", f"{len(blocks)} blocks"))
        total = 0
        for block in blocks:
            total += self.check_block(block, off)
        if total > LIMIT_TOTAL:
            off.append(("msg_blocks_too_long", f"{total} characters in blocks"))
        for error, why in off:
            self.violation(request, f"{error}: {why}")
        return off[0][0] if off else None

    def check_block(self, block, off):
        kind, total = block.get("type"), 0
        limits = {"section": 3000, "header": 150}
        texts = [block["text"]] if "text" in block else []
        if kind == "section":
            texts += block.get("fields", [])
            if len(block.get("fields", [])) > 10:
                off.append(("invalid_blocks", "more than 10 fields"))
        elif kind == "context":
            texts += [e for e in block.get("elements", []) if e.get("type") in ("mrkdwn", "plain_text")]
            if len(block.get("elements", [])) > 10:
                off.append(("invalid_blocks", "more than 10 context elements"))
        elif kind == "actions":
            if not 1 <= len(block.get("elements", [])) <= 25:
                off.append(("invalid_blocks", "1 to 25 actions"))
            seen = set()
            for button in block.get("elements", []):
                texts.append(button.get("text", {}))
                if len(button.get("text", {}).get("text", "")) > 75 or len(button.get("value", "")) > 2000 or len(button.get("action_id", "")) > 255:
                    off.append(("invalid_blocks", "a button is too long"))
                if button.get("action_id") in seen:
                    off.append(("invalid_blocks", "action_id is repeated in one block"))
                seen.add(button.get("action_id"))
        elif kind not in ("header", "divider"):
            off.append(("invalid_blocks", f"unexpected block {kind!r}"))
        if len(block.get("block_id", "")) > 255:
            off.append(("invalid_blocks", "block_id is too long"))
        for text in texts:
            words = text.get("text", "")
            total += len(words)
            if not words:
                off.append(("invalid_blocks", f"an empty text in a {kind}"))
            if len(words) > (2000 if text in block.get("fields", []) else limits.get(kind, 3000)):
                off.append(("invalid_blocks", f"{len(words)} characters in a {kind}"))
            if text.get("type") == "mrkdwn" and any(m in words for m in ("<!channel", "<!here", "<!everyone")):
                off.append(("invalid_blocks", f"a mention got through: {words[:80]!r}"))
        return total

    def post_message(self, request, body):
        error = self.limits(request, body)
        if "channel" not in body:
            self.violation(request, "no channel")
            error = "channel_not_found"
        if error:
            return Answer(200, {"ok": False, "error": error})
        with self.changed:
            self.last += 1
            ts, channel = f"{self.last}.000100", "C" + body["channel"].lstrip("#")
            self.messages[channel, ts] = {**body, "ts": ts, "edits": 0}
            return Answer(200, {"ok": True, "channel": channel, "ts": ts, "message": {"text": body["text"]}})

    def update(self, request, body):
        error = self.limits(request, body)
        with self.changed:
            old = self.messages.get((body.get("channel"), body.get("ts")))
            if old is None:
                self.violation(request, f"no message {body.get('channel')} {body.get('ts')}")
                error = "message_not_found"
            if error:
                return Answer(200, {"ok": False, "error": error})
            self.messages[body["channel"], body["ts"]] = {**old, **body, "edits": old["edits"] + 1}
            return Answer(200, {"ok": True, "channel": body["channel"], "ts": body["ts"], "text": body["text"]})

    def post_ephemeral(self, request, body):
        error = self.limits(request, body)
        with self.changed:
            self.ephemerals.append(body)
        return Answer(200, {"ok": False, "error": error} if error else {"ok": True, "message_ts": "1.1"})

    def user_info(self, request, query):
        email = self.emails.get(query.get("user"))
        if email is None:
            return Answer(200, {"ok": False, "error": "user_not_found"})
        return Answer(200, {"ok": True, "user": {"id": query["user"], "profile": {"email": email}}})

    def user_lookup(self, request, query):
        found = next((u for u, e in self.emails.items() if e == query.get("email")), None)
        return Answer(200, {"ok": True, "user": {"id": found}} if found else {"ok": False, "error": "users_not_found"})

    def channel_list(self, request, query):
        return Answer(200, {"ok": True, "channels": [{"id": "Cdata-reviews", "name": "data-reviews"}], "response_metadata": {"next_cursor": ""}})

    def history(self, request, query):
        """Newest first; a thread's messages are those that hang under its first."""
        found = [m for (channel, ts), m in self.messages.items()
                 if channel == query.get("channel") and m.get("thread_ts") == query.get("ts")]
        return Answer(200, {"ok": True, "messages": found[::-1], "has_more": False})

    def answer_response(self, request):
        if request.headers.get("Authorization"):
            self.violation(request, "a response address must not be shown our token")
        body = request.json
        error = self.limits(request, body)
        with self.changed:
            self.responses.setdefault(request.path, []).append(body)
            if len(self.responses[request.path]) > 5 and not request.path.startswith("/services/"):
                self.violation(request, "a response address was used more than 5 times")
                return Answer(404, "used_url")
        return Answer(400, error) if error else Answer(200, "ok")
