"""Repositories and words made to hurt: bounded, escaped, and the service goes on."""
import re

from stage import CHURN, CLEAN, example_file

NESTED = "select " + "(" * 20000 + "1" + ")" * 20000
WIDE = "select " + ", ".join(f"c{i}" for i in range(50000)) + " from silver.events"
JOINED = "select 1 from " + " join ".join(f"silver.t{i} a{i} on a{i}.x = 1" for i in range(2000))
YAML_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(f"{c}: &{c} [{','.join(['*' + chr(ord(c) - 1)] * 9)}]\n" for c in "bcdefghi")


def reviewed(stage, files, **more):
    pull = stage.pull(files=files, **more)
    stage.opened(pull)
    stage.wait_settled(240)
    assert stage.service.is_alive() and stage.service.request("GET", "/healthz")[0] == 200
    return pull


def scene_hostile_sql_is_bounded_and_said(served):
    pull = reviewed(served, {"models/ds/deep.sql": NESTED, "models/ds/wide.sql": WIDE, "models/ds/joined.sql": JOINED, "models/ds/bytes.sql": b"select \xff\xfe\x00 from x", CLEAN: example_file(CLEAN)})
    assert served.check(pull), "the rest of the change is reviewed all the same"


def scene_hostile_names_stay_text(served):
    names = ["models/ds/a`|<img src=x>|.sql", "models/ds/@everyone.sql", "models/ds/[x](http:evil).sql", "models/ds/-rf.sql", "models/ds/new\nline.sql", "models/ds/\u202etxt.sql"]
    pull = reviewed(served, {name: example_file(CHURN) for name in names})
    comment = served.summary(pull)
    text = (comment["body"] if comment else "") + "".join(n["body"] for n in served.notes(pull))
    spoken = re.sub(r"(?<!\\)(`+).+?\1", "", re.sub(r"(?s)```.*?```", "", text))  # what stands in code is neither a link nor a tag
    assert comment and not re.search(r"(?<!\\)<img|(?<!\\)\[x\\?\]\(http:evil|(?<!\\)@everyone", spoken), spoken


def scene_a_repository_cannot_reach_out_of_itself(served):
    import os
    (served.work / "models/ds").mkdir(parents=True, exist_ok=True)
    os.symlink("/etc/passwd", served.work / "models/ds/passwd.sql")
    os.symlink("../../../../../../etc", served.work / "models/etc")
    pull = reviewed(served, {CLEAN: example_file(CLEAN), ".gitattributes": "*.sql filter=evil diff=evil\n", ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% /tmp/parley-owned\n'})
    assert served.check(pull) and "root:" not in str(served.outside(pull)) and not os.path.exists("/tmp/parley-owned")


def scene_settings_made_to_explode_are_an_error_in_words(served):
    before, after = served.push_main({".parley.yml": YAML_BOMB})
    served.main_pushed(before, after)
    pull = reviewed(served, {CHURN: example_file(CHURN)})
    assert served.check(pull)


def scene_jinja_that_never_ends_ends(served):
    loop = "{% for a in range(100000) %}{% for b in range(100000) %}{{ a }}{% endfor %}{% endfor %} select 1 as x"
    recursion = "{% macro m() %}{{ m() }}{% endmacro %} select {{ m() }} as x"
    pull = reviewed(served, {"models/ds/loop.sql": loop, "models/ds/recursion.sql": recursion, CLEAN: example_file(CLEAN)})
    assert served.check(pull)


def scene_a_change_of_many_files_fits_into_one_comment(served):
    files = {f"models/ds/churn_{i}.sql": example_file(CHURN).replace("'DE'", f"'C{i}'") for i in range(120)}
    pull = reviewed(served, files)
    comment = served.summary(pull)
    assert comment and len(comment["body"]) <= 65536
    assert len(served.notes(pull)) <= 5


def scene_no_secret_is_ever_written(served):
    from service import SECRETS
    pull = reviewed(served, {CHURN: example_file(CHURN)})
    tokens = list(served.github.tokens) + list(SECRETS.values())
    log = served.service.tail(100000)
    assert not [t for t in tokens if t in log]
    data = b"".join(p.read_bytes() for p in (served.folder / "data").rglob("*") if p.is_file())
    assert not [t for t in tokens if t.encode() in data]
