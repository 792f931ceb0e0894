import os

import requests


def on_failure(context):
    task = context["task_instance"]
    requests.post(os.environ["SLACK_WEBHOOK"], json={"text": f"{task.dag_id}.{task.task_id} failed"}, timeout=10)
