"""A pull request from opening to fixing: one comment, one check, the right people, nothing twice."""
import threading

from stage import CHURN, CLEAN, example_file

FIXED = """-- Input of the churn model for Germany, read from what the pipeline keeps already.
select customer_id, segment, last_order_date as last_seen, orders as order_count, revenue as lifetime_value
from gold.customer_features
where country = 'DE'
"""


def scene_opened_gives_comment_check_reviewer_and_slack(served):
    pull = served.pull()
    served.opened(pull)
    served.wait_settled()
    comment = served.summary(pull)
    assert comment and "gold.customer_features" in comment["body"], comment
    assert "F1" in comment["body"] and "/review-pipeline" in comment["body"] and "@dana" in comment["body"]
    check = served.check(pull)
    assert check and check["name"] == "parley" and check["conclusion"] in ("neutral", "success")
    assert check["annotations"] and check["annotations"][0]["path"] == CHURN
    notes = served.notes(pull)
    assert 1 <= len(notes) <= 5 and notes[0]["path"] == CHURN
    assert pull.reviewers[:1] == ["dana"] and pull.requests == 1
    assert served.slack.message(contains="gold.customer_features")


def scene_a_push_that_fixes_it_edits_the_comment_and_takes_the_note_away(served):
    pull = served.pull()
    served.opened(pull)
    served.wait_settled()
    first, before = served.summary(pull)["id"], pull.head_sha
    assert served.notes(pull)
    served.push(pull, {CHURN: FIXED})
    served.says("ana", pull, "/review-pipeline review")
    served.synchronized(pull, before)
    served.wait_settled()
    comment = served.summary(pull)
    assert comment["id"] == first and comment["edits"] >= 1
    assert "derivable" not in comment["body"] or "fixed" in comment["body"]
    assert served.notes(pull) == []
    assert served.check(pull)["conclusion"] == "success"
    assert pull.requests == 1, "reviewers are asked once"
    assert len(served.slack.heads()) == 1, "Slack's message is updated in place"


def scene_a_note_that_somebody_answered_stays(served):
    pull = served.pull()
    served.opened(pull)
    served.wait_settled()
    note = served.notes(pull)[0]
    served.github.add_review_comment(pull, {"path": note["path"], "line": note["line"], "body": "Why is that?"}, {"login": "ana", "id": 1, "type": "User"}, reply_to=note["id"])
    before = pull.head_sha
    served.push(pull, {CHURN: FIXED})
    served.says("ana", pull, "/review-pipeline review")
    served.synchronized(pull, before)
    served.wait_settled()
    assert len(served.notes(pull)) == 2


def scene_a_clean_change_gets_a_green_check_and_nothing_else(served):
    pull = served.pull(title="Ticket backlog", files={CLEAN: example_file(CLEAN)})
    served.opened(pull)
    served.wait_settled()
    assert served.check(pull)["conclusion"] == "success"
    assert served.summary(pull) is None and served.notes(pull) == [] and pull.requests == 0
    assert not served.slack.messages


def scene_three_redeliveries_and_two_pushes_at_once_make_one_comment(served):
    pull = served.pull()
    guid = "11111111-2222-3333-4444-555555555555"
    for _ in range(3):
        served.opened(pull, delivery=guid)
    served.wait_settled()
    before = pull.head_sha
    served.push(pull, {CHURN: example_file(CHURN) + "-- a word more\n"}, "A word more")
    middle = pull.head_sha
    served.push(pull, {CHURN: example_file(CHURN) + "-- two words more\n"}, "Two words more")
    pushes = [threading.Thread(target=served.synchronized, args=(pull, sha)) for sha in (before, middle)]
    for push in pushes:
        push.start()
    for push in pushes:
        push.join()
    served.says("ana", pull, "/review-pipeline review")
    served.wait_settled()
    assert len(served.summaries(pull)) == 1 and pull.requests == 1
    assert len(served.slack.heads()) == 1


def scene_a_fork_cannot_change_the_rules_it_is_judged_by(served):
    hostile = "version: 1\nignore: [{path: '**'}]\nowners: {default: '@eve'}\n"
    pull = served.pull(author="eve", fork="eve/dw", files={CHURN: example_file(CHURN), ".parley.yml": hostile, ".github/CODEOWNERS": "* @eve\n"})
    served.opened(pull)
    served.wait_settled()
    comment = served.summary(pull)
    assert comment and "gold.customer_features" in comment["body"], "the head's own settings were used"
    assert "dana" in pull.reviewers and "eve" not in pull.reviewers


def scene_the_bot_does_not_answer_bots(served):
    pull = served.pull()
    for login in ("parley[bot]", "dependabot[bot]"):
        served.says(login, pull, "/review-pipeline status")
    served.wait_settled()
    assert served.repo.reactions == [] and served.summary(pull) is None


def scene_a_closed_pull_request_is_left_alone(served):
    pull = served.pull()
    served.opened(pull)
    served.wait_settled()
    pull.state = "closed"
    body = served.summary(pull)["body"]
    served.deliver("pull_request", {"action": "closed", "number": pull.number, "pull_request": pull.json(), **served.common("ana")})
    served.wait_settled()
    assert served.summary(pull)["body"] == body
