"""/review-pipeline under a pull request: who may say what, and that decisions stick."""
from stage import CHURN, example_file


def opened(stage):
    pull = stage.pull()
    stage.opened(pull)
    stage.wait_settled()
    assert stage.summary(pull)
    return pull


def said_of(stage, pull):
    """The sticky comment and the check run: what was set aside is in one of them."""
    return stage.summary(pull)["body"] + str(stage.check(pull)["output"])


def answers(stage, pull):
    """What the bot wrote besides the sticky comment."""
    sticky = stage.summary(pull)["id"]
    return [c["body"] for c in stage.repo.comments_of(pull.number) if c["user"]["login"] == "parley[bot]" and c["id"] != sticky]


def scene_accept_by_a_writer_sticks_over_pushes(served):
    pull = opened(served)
    said = served.says("lee", pull, "/review-pipeline accept F1 the model needs its own copy until March")
    served.wait_settled()
    assert ("issues/comments", said["id"], "eyes") in served.repo.reactions or any(r[1] == said["id"] for r in served.repo.reactions)
    assert "accepted by lee" in said_of(served, pull) and "until March" in said_of(served, pull)
    before = pull.head_sha
    served.push(pull, {CHURN: "-- moved down a line\n" + example_file(CHURN)})
    served.synchronized(pull, before)
    served.says("ana", pull, "/review-pipeline review")
    served.wait_settled()
    assert "accepted by lee" in said_of(served, pull)
    assert served.check(pull)["conclusion"] in ("success", "neutral")


def scene_accept_by_a_stranger_is_refused_politely(served):
    pull = opened(served)
    served.says("eve", pull, "/review-pipeline accept F1 I like it")
    served.wait_settled()
    assert any("Sorry, `accept` is for" in a for a in answers(served, pull)), "somebody must say why nothing happened"
    assert "accepted by" not in said_of(served, pull)


def reviews_made(stage):
    return stage.service.rows("select count(*) from review")[0][0]


def scene_a_stranger_causes_no_review(served):
    pull = opened(served)
    body, made = served.summary(pull)["body"], reviews_made(served)
    for words in ("accept F1 I like it", "review --full", "pause", "find orders", "nonsense", "reuse F9", "status", "cost", "why F1", "help"):
        said = served.says("eve", pull, "/review-pipeline " + words)
        served.wait_settled()
        assert ("issues/comments", said["id"], "confused") in served.repo.reactions or any(r[1] == said["id"] for r in served.repo.reactions)
        assert len(answers(served, pull)) == 1, "one reply for each person, edited"
    assert reviews_made(served) == made and served.summary(pull)["body"] == body
    assert "accept F#" in answers(served, pull)[0]
    served.says("eve", pull, "/review-pipeline why F1")
    served.wait_settled()
    assert "gold.customer\\_features" in answers(served, pull)[0] or "gold.customer_features" in answers(served, pull)[0]
    served.says("eve", pull, "/review-pipeline pause")
    served.wait_settled()
    assert "Sorry, `pause` is for" in answers(served, pull)[0]
    assert reviews_made(served) == made


def scene_the_owner_of_the_dataset_may_accept_and_one_review_is_made(served):
    pull = opened(served)
    served.repo.permissions["dana"] = "read"  # gold.customer_features is hers
    made = reviews_made(served)
    served.says("dana", pull, "/review-pipeline accept F1 it will go by summer")
    served.wait_settled()
    assert "accepted by dana" in said_of(served, pull)
    assert reviews_made(served) == made + 1


def scene_accept_needs_a_reason(served):
    pull = opened(served)
    made = reviews_made(served)
    served.says("lee", pull, "/review-pipeline accept F1")
    served.wait_settled()
    assert reviews_made(served) == made, "what is refused needs no review"
    assert "reason" in "\n".join(answers(served, pull) + [served.summary(pull)["body"]])
    assert "accepted by" not in said_of(served, pull)


def scene_unaccept_takes_it_back(served):
    pull = opened(served)
    served.says("lee", pull, "/review-pipeline accept F1 until the next quarter")
    served.wait_settled()
    served.says("lee", pull, "/review-pipeline unaccept F1")
    served.wait_settled()
    assert "accepted by" not in said_of(served, pull)


def scene_help_status_why_find_and_owners_answer(served):
    pull = opened(served)
    for words, wanted in (("help", "accept"), ("status", pull.head_sha[:7]), ("why F1", "gold.customer_features"), ("find customer_features", "gold.customer_features"), ("owners", "dana")):
        served.says("lee", pull, "/review-pipeline " + words)
        served.wait_settled()
        said = "\n".join(answers(served, pull) + [served.summary(pull)["body"]])
        assert wanted in said, f"{words}: {wanted!r} is not in what was said"


def scene_an_unknown_verb_gets_the_nearest_one(served):
    pull = opened(served)
    served.says("lee", pull, "/review-pipeline acept F1 because")
    served.wait_settled()
    assert "accept" in "\n".join(answers(served, pull) + [served.summary(pull)["body"]])


def scene_code_quotes_and_html_comments_are_not_commands(served):
    pull = opened(served)
    for words in ("```\n/review-pipeline accept F1 no\n```", "> /review-pipeline accept F1 no", "<!-- /review-pipeline accept F1 no -->", "`/review-pipeline accept F1 no`", "I would say /review-pipeline accept F1 no"):
        served.says("lee", pull, words)
    served.wait_settled()
    assert "accepted by" not in said_of(served, pull) and served.repo.reactions == []


def scene_words_of_authors_cannot_mention_or_format(served):
    pull = opened(served)
    served.says("lee", pull, "/review-pipeline accept F1 @everyone ![x](http://evil.example/x.png) <img src=x onerror=alert(1)> | a | b |")
    served.wait_settled()
    body = served.summary(pull)["body"]
    assert "<img" not in body and "](http://evil" not in body and " @everyone" not in body
