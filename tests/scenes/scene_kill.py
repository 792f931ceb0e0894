"""Killed at every commit point, the service comes back and the world looks as if nothing had happened."""
import subprocess

import pytest

from service import BINARY
from stage import CHURN, example_file


def kill_points():
    run = subprocess.run([BINARY, "simulate", "--kill-points"], capture_output=True, text=True)
    return run.stdout.split() if run.returncode == 0 else []


def story(stage):
    """Opened, then a push and a word from the author."""
    pull = stage.pull()
    stage.service_deliver(stage.opened, pull)
    stage.settle()
    before = pull.head_sha
    stage.push(pull, {CHURN: example_file(CHURN) + "-- more\n"})
    stage.service_deliver(stage.synchronized, pull, before)
    stage.settle()
    return stage.outside(pull)


class Restarting:
    """The stage with somebody who starts the service again whenever it died, and a GitHub that redelivers what got no answer."""

    def __init__(self, stage):
        self.stage = stage

    def __getattr__(self, name):
        return getattr(self.stage, name)

    def revive(self):
        if not self.stage.service.is_alive():
            self.stage.service.start()

    def service_deliver(self, deliver, *words):
        for _ in range(5):
            try:
                self.revive()
                return deliver(*words, delivery="aaaaaaaa-0000-0000-0000-%012d" % len(words))
            except Exception as why:
                if not self.is_dying():
                    raise
                last = why
        raise last

    def is_dying(self):
        """A process that hung up on us has ended, or is about to: its exit is waited for."""
        try:
            self.stage.service.process.wait(5)
            return True
        except subprocess.TimeoutExpired:
            return False

    def settle(self):
        def settled():
            self.revive()
            return self.stage.service.is_settled()
        self.stage.service.wait(settled, "everything settled", 180)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory, app_key):
    from stage import Stage
    stage = Stage(tmp_path_factory.mktemp("undisturbed"), *app_key)
    stage.serve()
    outside = story(Restarting(stage))
    stage.close()
    return outside


@pytest.mark.parametrize("point", kill_points())
def scene_killed(stage, undisturbed, point, tmp_path):
    once = tmp_path / "data" / "killed"  # where a job, too, may write
    stage.serve(PARLEY_KILL_AT=point, PARLEY_KILL_ONCE=str(once))
    stage.service.environment.update(PARLEY_KILL_AT=point, PARLEY_KILL_ONCE=str(once))
    assert story(Restarting(stage)) == undisturbed
    assert once.exists(), f"{point} was never reached"


def scene_what_is_taken_back_waits_for_the_review(stage):
    """A command whose job dies before its commit has changed nothing."""
    stage.serve()
    pull = stage.pull()
    stage.opened(pull)
    stage.wait_settled()
    stage.says("lee", pull, "/review-pipeline accept F1 until the next quarter")
    stage.wait_settled()
    stage.service.stop()
    stage.service.start(PARLEY_KILL_AT="job.before_commit")
    stage.says("lee", pull, "/review-pipeline unaccept F1\n/review-pipeline pause")
    stage.service.wait(lambda: stage.service.rows("select 1 from delivery where state = 'retry'"), "the job to die")
    assert stage.service.rows("select count(*) from waiver")[0][0] == 1
    assert stage.service.rows("select count(*) from setting where name like 'paused:%'")[0][0] == 0


def scene_the_kill_points_are_known():
    assert len(kill_points()) >= 5
