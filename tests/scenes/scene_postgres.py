"""The service on PostgreSQL: the same world as on SQLite, killed at every commit point or not, and two servers that share one store."""
import os
import subprocess

import pytest

from postgres_base import Base
from scene_kill import Restarting, kill_points, story, undisturbed  # noqa: F401
from service import BINARY
from stage import CHURN, example_file


@pytest.fixture
def shared(stage, server):
    """The stage with a PostgreSQL under it, nothing running on it yet."""
    stage.base = stage.base or Base(server)
    return stage


def scene_the_same_as_on_sqlite(shared, undisturbed):
    shared.serve()
    assert story(Restarting(shared)) == undisturbed
    code, said = shared.service.run("queue", "--settings", str(shared.service.settings_file), "--state", "done")
    assert code == 0 and "pull_request" in said, said


@pytest.mark.parametrize("point", kill_points())
def scene_killed(shared, undisturbed, point, tmp_path):
    once = tmp_path / "data" / "killed"
    shared.serve(PARLEY_KILL_AT=point, PARLEY_KILL_ONCE=str(once))
    shared.service.environment.update(PARLEY_KILL_AT=point, PARLEY_KILL_ONCE=str(once))
    assert story(Restarting(shared)) == undisturbed
    assert once.exists(), f"{point} was never reached"


def scene_two_servers_share_the_work(shared):
    first, second = shared.serve(), shared.serve(data="data2")
    pulls = [shared.pull(number, files={CHURN: example_file(CHURN) + f"-- {number}\n"}) for number in range(41, 47)]
    for i, pull in enumerate(pulls):
        for shared.service in (first, second):  # GitHub may send twice, and a balancer may give either server either time
            shared.opened(pull, delivery="bbbbbbbb-0000-0000-0000-%012d" % i)
    shared.wait_settled()
    assert shared.service.rows("select state, count(*) from delivery group by state") == [("done", len(pulls))]
    assert shared.service.rows("select max(attempts) from delivery") == [(1,)]
    assert shared.service.rows("select count(*), count(distinct subject) from review") == [(len(pulls), len(pulls))]
    for pull in pulls:
        assert shared.summary(pull) and pull.requests == 1
    assert all(any(" attempt 1" in line for line in one.log) for one in (first, second)), "both have worked"


def scene_one_of_two_is_killed_and_the_other_goes_on(shared):
    first, second = shared.serve(), shared.serve(data="data2")
    pulls = [shared.pull(number, files={CHURN: example_file(CHURN) + f"-- {number}\n"}) for number in range(41, 45)]
    for pull in pulls:
        shared.service = first
        shared.opened(pull)
    first.wait(lambda: any(" attempt 1" in line for line in first.log + second.log), "work to begin")
    first.kill()
    shared.service = second
    shared.opened(shared.pull(50, files={CHURN: example_file(CHURN) + "-- 50\n"}))
    second.wait(lambda: second.rows("select count(*) from delivery where state = 'done'")[0][0] >= 1, "the other one to work")
    first.start()  # takes up at once what it held when it was killed
    shared.wait_settled()
    for number in (41, 42, 43, 44, 50):
        assert shared.summary(shared.repo.pulls[number])
    assert shared.service.rows("select count(*) from delivery where state <> 'done'") == [(0,)]


def scene_the_database_goes_away_and_comes_back(shared, server):
    service = shared.serve()
    pull = shared.pull()
    shared.opened(pull)
    shared.wait_settled()
    server.connect().run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'parley'")
    before = pull.head_sha
    shared.push(pull, {CHURN: example_file(CHURN) + "-- more\n"})
    service.wait(lambda: service.request("GET", "/readyz")[0] == 200, "to be ready again")
    shared.synchronized(pull, before)
    shared.says("ana", pull, "/review-pipeline review")
    shared.wait_settled()
    assert shared.summary(pull)["edits"] >= 1


def scene_a_password_never_shows(shared):
    """In the environment it is taken from there; in a file of settings it is refused; nowhere is it printed."""
    shared.serve(PARLEY_STORE_PASSWORD="hush-hush-hush")  # the private server trusts everybody
    pull = shared.pull()
    shared.opened(pull)
    shared.wait_settled()
    assert shared.summary(pull)
    assert "hush" not in shared.service.tail(10000)
    bad = {**os.environ, "PARLEY_STORE": "postgresql://parley:hush-hush@/nosuch?host=" + server_folder(shared)}
    run = subprocess.run([BINARY, "doctor", "--settings", str(shared.service.settings_file)], env=bad, capture_output=True, text=True)
    assert "hush" not in run.stdout + run.stderr
    assert "does not exist" in run.stdout, run.stdout


def scene_the_doctor_looks_at_the_store(shared):
    service = shared.serve(start=False)
    _, said = service.run("doctor", "--settings", str(service.settings_file))
    assert "ok          store" in said and "wrong       postgresql" in said and "synchronous_commit" in said, said  # the private server is hasty


def server_folder(shared):
    return shared.base.server.folder
