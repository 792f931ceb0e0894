"""What people say of findings decides how loudly a rule speaks: decisions, fixes and words are counted, and a rule that few find useful is folded."""
import json
import os
import subprocess

from scene_pull_request import FIXED
from service import BINARY
from stage import CHURN, example_file


def parley(*words):
    run = subprocess.run([BINARY, *map(str, words)], capture_output=True, text=True, timeout=120, env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0", "NO_COLOR": "1"})
    assert "Sanitizer" not in run.stderr, run.stderr
    return run.returncode, run.stdout, run.stderr


def rules(stage):
    code, out, err = parley("rules", "--data", stage.place, "--json")
    assert code == 0, err
    return {r["rule"]: r for r in map(json.loads, out.splitlines())}


def opened(stage):
    pull = stage.pull()
    stage.opened(pull)
    stage.wait_settled()
    assert "gold.customer_features" in stage.summary(pull)["body"]
    return pull


def scene_different_on_purpose_counts_against_the_rule_until_taken_back(served):
    pull = opened(served)
    assert rules(served)["derivable"]["useful"] == rules(served)["derivable"]["not_useful"] == 0
    served.says("lee", pull, "/review-pipeline different F1 the model needs its own copy")
    served.wait_settled()
    assert rules(served)["derivable"]["not_useful"] == 1
    served.says("lee", pull, "/review-pipeline unaccept F1")
    served.wait_settled()
    assert rules(served)["derivable"]["not_useful"] == 0
    served.says("lee", pull, "/review-pipeline accept F1 until the next quarter")
    served.wait_settled()
    assert rules(served)["derivable"]["useful"] == 1


def scene_what_a_push_does_away_with_was_useful(served):
    pull = opened(served)
    before = pull.head_sha
    served.push(pull, {CHURN: "-- a remark\n" + example_file(CHURN)})
    served.synchronized(pull, before)
    served.wait_settled()
    assert rules(served)["derivable"]["useful"] == 0, "it is still there"
    before = pull.head_sha
    served.push(pull, {CHURN: FIXED})
    served.synchronized(pull, before)
    served.wait_settled()
    assert rules(served)["derivable"]["useful"] == 1


def scene_a_note_that_is_resolved_was_useful(served):
    pull = opened(served)
    note = next(n for n in served.notes(pull) if "gold.customer_features" in n["body"])
    served.resolves("lee", pull, {**note, "user": {"login": "eve"}})
    served.wait_settled()
    assert rules(served)["derivable"]["useful"] == 0, "a marker that somebody else wrote proves nothing"
    served.resolves("lee", pull, note)
    served.wait_settled()
    assert rules(served)["derivable"]["useful"] == 1
    served.resolves("lee", pull, note, action="unresolved")
    served.wait_settled()
    assert rules(served)["derivable"]["useful"] == 0
    served.says("lee", pull, "/review-pipeline different F1 the model needs its own copy")
    served.wait_settled()
    served.resolves("lee", pull, note)
    served.wait_settled()
    assert (rules(served)["derivable"]["useful"], rules(served)["derivable"]["not_useful"]) == (0, 1), "a decision outweighs what is only seen"


def scene_a_word_on_the_terminal_counts_once(served):
    pull = opened(served)
    data = served.place
    for answer in ("useful", "not-useful"):
        code, out, err = parley("feedback", "F1", answer, "--pull", "acme/dw#42", "--data", data, "--by", "ana", "--why", "its own copy", "--json")
        assert code == 0 and json.loads(out)["rule"] == "derivable", err
    assert (rules(served)["derivable"]["useful"], rules(served)["derivable"]["not_useful"]) == (0, 1)
    code, _, err = parley("feedback", "F99", "useful", "--data", data)
    assert code == 1 and "F99" in err
    code, _, err = parley("feedback", "F1", "meh", "--data", data)
    assert code == 2 and "not-useful" in err
    code, out, _ = parley("rules", "--data", data)
    assert code == 0 and "0 of 1 found it useful" in out


def scene_a_rule_that_few_find_useful_is_folded(served):
    pull = opened(served)
    said = [f"('acme/dw', 'f-{i}', 'derivable', {int(i < 5)}, 'word', 'person{i % 3}', null, 1)" for i in range(25)]
    served.service.write("insert into feedback values " + ", ".join(said))
    now = rules(served)["derivable"]
    assert (now["level_default"], now["level"], now["why"], now["speaks"]) == ("warning", "note", "use", False) and "5 of 25" in now["because"]
    before = pull.head_sha
    served.push(pull, {CHURN: "-- a remark\n" + example_file(CHURN)})
    served.synchronized(pull, before)
    served.wait_settled()
    comment, check = served.summary(pull), served.check(pull)
    assert "| **F1**" not in comment["body"], "no row of the table is left"
    assert "small note" in comment["body"] and check["conclusion"] == "success"
    assert any("gold.customer_features" in a["message"] for a in check["annotations"]), "the note itself is not lost"
    assert served.notes(pull) == []
