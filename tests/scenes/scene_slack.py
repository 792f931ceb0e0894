"""Slack: a message per review, its buttons, and /review-pipeline there."""

PASTED = """select c.segment, sum(o.amount) as revenue from silver.orders o join silver.customers c on c.customer_id = o.customer_id
where o.status = 'paid' and not c.is_test group by c.segment"""


def opened(stage):
    pull = stage.pull()
    stage.opened(pull)
    stage.wait_settled()
    return pull


def message_of(stage):
    return stage.slack.wait(lambda: stage.slack.message(contains="gold.customer_features"), "a message on the review")


def buttons(message):
    return {b["text"]["text"]: b for block in message["blocks"] if block["type"] == "actions" for b in block["elements"]}


def scene_a_message_has_three_buttons_and_names_the_pull_request(served):
    opened(served)
    message = message_of(served)
    assert set(buttons(message)) >= {"Reuse it", "Different on purpose", "Let's talk"}, buttons(message).keys()
    assert "acme/dw#42" in str(message) or "pull/42" in str(message)


def scene_a_button_acts_back_on_the_pull_request(served):
    pull = opened(served)
    message = message_of(served)
    button = buttons(message)["Let's talk"]
    before = served.outside(pull)
    status, _ = served.service.send_slack_action(button["action_id"], button["value"], served.slack.url + "/actions/T1/2/x", message_ts=message["ts"])
    assert status == 200
    served.wait_settled()
    after = served.outside(pull)
    said = [c for c in served.repo.comments_of(pull.number) if "dana" in c["body"]]
    assert after != before or said


def scene_a_forged_button_does_nothing(served):
    pull = opened(served)
    before = served.outside(pull)
    for value in ("acme/other#7:F1", "../../etc/passwd", "x" * 1999, "{}", ""):
        served.service.send_slack_action("parley_accept", value, served.slack.url + "/actions/T1/2/y")
    served.wait_settled()
    assert served.outside(pull) == before


def scene_answers_go_only_to_slack(served):
    """A response address elsewhere is never called: it would be a way to make the service knock on any door."""
    served.service.send_slack_command("help", "http://169.254.169.254/latest/meta-data")
    served.service.send_slack_command("help", served.github.url.replace("127.0.0.1", "localhost") + "/api/v3/repos/acme/dw")
    served.service.send_slack_command("help", served.github.url.replace("127.0.0.1", "127.0.0.1@localhost") + "/api/v3/repos/acme/dw")
    served.wait_settled()
    assert not any(r.method == "POST" and r.path == "/api/v3/repos/acme/dw" for r in served.github.requests)


def scene_the_command_helps_finds_and_reviews_pasted_sql(served):
    opened(served)
    for text, wanted in (("help", "find"), ("find customer_features", "customer_features"), ("status acme/dw#42", "42"), ("gold.customer_features", "customer_features"),
                         (PASTED, "gold.customer_features")):
        address = "/commands/T1/2/" + str(abs(hash(text)))
        status, body = served.service.send_slack_command(text, served.slack.url + address)
        assert status == 200
        served.slack.wait(lambda: address in served.slack.responses or wanted in body.decode(), f"an answer to {text!r}")
        assert wanted in body.decode() + str(served.slack.responses.get(address)), text


def scene_without_a_bot_token_an_incoming_webhook_does(stage):
    stage.serve(start=False)
    del stage.service.environment["PARLEY_SLACK_TOKEN"]
    stage.service.environment["PARLEY_SLACK_WEBHOOK_URL"] = stage.slack.url + "/services/T1/B1/secret"
    stage.service.start()
    opened(stage)
    stage.slack.wait(lambda: stage.slack.responses.get("/services/T1/B1/secret"), "a message by the incoming webhook")
