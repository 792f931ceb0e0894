"""GitHub in a bad mood: expired tokens, rate limits, errors, cut lines. The end is the same as on a good day."""
from fake_http import Answer
from stage import CHURN, CLEAN, example_file

COMMENT = r"/issues/42/comments$"


def reviewed(stage):
    pull = stage.repo.pulls[42]
    stage.wait_settled(180)
    assert stage.summary(pull) and stage.check(pull) and pull.requests == 1
    assert len(stage.slack.heads()) == 1
    return pull


def scene_an_expired_token_is_renewed(served):
    served.opened(served.pull(files={CLEAN: example_file(CLEAN)}, number=41))
    served.wait_settled()
    served.github.expire_tokens()
    served.opened(served.pull())
    reviewed(served)
    assert served.github.tokens_made >= 2


def scene_a_secondary_limit_is_waited_out(served):
    fault = served.github.rate_limit(secondary=True, seconds=2, path=COMMENT)
    served.opened(served.pull())
    reviewed(served)
    assert fault.hits == 1


def scene_a_primary_limit_is_waited_out(served):
    fault = served.github.rate_limit(secondary=False, seconds=2, path=r"/pulls/42")
    served.opened(served.pull())
    reviewed(served)
    assert fault.hits == 1


def scene_server_errors_are_tried_again(served):
    fault = served.github.fault(None, COMMENT, Answer(502, {"message": "Server Error"}), times=2)
    served.opened(served.pull())
    reviewed(served)
    assert fault.hits == 2


def scene_a_line_cut_after_the_comment_landed_makes_no_second_one(served):
    served.github.fault("POST", COMMENT, cut="after")
    served.opened(served.pull())
    reviewed(served)


def scene_a_line_cut_before_anything_happened_is_tried_again(served):
    served.github.fault("POST", r"/check-runs$", cut="before")
    served.github.fault("POST", r"/reviews$", cut="before")
    served.opened(served.pull())
    reviewed(served)


def scene_an_answer_that_never_comes_is_given_up_and_tried_again(served):
    served.github.fault("GET", r"/pulls/42$", cut="hang")
    served.opened(served.pull())
    reviewed(served)


def scene_git_out_of_order_falls_back_to_the_api(served):
    served.github.fault(None, r"/acme/dw\.git/", Answer(503, "git is down"), times=1000)
    served.opened(served.pull())
    served.wait_settled(180)
    pull = served.repo.pulls[42]
    assert served.check(pull)


def scene_one_bad_reviewer_does_not_lose_the_others(served):
    del served.repo.permissions["dana"]
    served.opened(served.pull())
    served.wait_settled(180)
    pull = served.repo.pulls[42]
    assert served.summary(pull) and served.check(pull)


def scene_a_comment_somebody_deleted_comes_back_once(served):
    pull = served.pull()
    served.opened(pull)
    served.wait_settled()
    del served.repo.comments[served.summary(pull)["id"]]
    before = pull.head_sha
    served.push(pull, {CHURN: example_file(CHURN) + "-- more\n"})
    served.synchronized(pull, before)
    served.says("ana", pull, "/review-pipeline review")
    served.wait_settled()
    assert len(served.summaries(pull)) == 1


def scene_slack_asks_for_patience(served):
    fault = served.slack.fault("POST", r"chat\.postMessage", Answer(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "2"}))
    served.opened(served.pull())
    reviewed(served)
    assert fault.hits == 1


def scene_another_installation_goes_on_while_one_waits(served):
    """A long limit on one repository's lane holds up nobody else."""
    served.github.rate_limit(secondary=True, seconds=600, path=r"/repos/acme/dw/issues/42/comments", times=1000)
    served.opened(served.pull())
    served.service.wait(lambda: any(f.hits for f in served.github.faults), "the limit to be met")
    assert served.service.send_job({"name": "nightly churn", "sql": "select 1 as x"})[0] < 300
    assert served.service.send_slack_command("help", served.slack.url + "/commands/T1/2/x")[0] == 200
    served.slack.wait(lambda: served.slack.responses, "an answer in Slack while GitHub makes us wait")
