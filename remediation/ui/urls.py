"""Addresses under a case."""

from django.urls import path

from . import restoration, tasks, views

SERVICE = "remediation/services/<int:service_id>/"
TASK = "remediation/tasks/<task:number>/"

urlpatterns = [
    path("remediation/", views.remediation, name="remediation"),
    path(SERVICE, restoration.service, name="restoration"),
    path(f"{SERVICE}update/", restoration.service_update, name="restoration-update"),
    path(f"{SERVICE}target/", restoration.service_target, name="restoration-target"),
    path(f"{SERVICE}backup/", restoration.service_backup, name="restoration-backup"),
    path(f"{SERVICE}confirm/", restoration.service_confirm, name="restoration-confirm"),
    path("remediation/tasks/new/", tasks.task_new, name="task-new"),
    path(TASK, tasks.task, name="task"),
    path(f"{TASK}change/", tasks.task_change, name="task-change"),
    path(f"{TASK}move/", tasks.task_move, name="task-move"),
    path(f"{TASK}complete/", tasks.task_complete, name="task-complete"),
    path(f"{TASK}verify/", tasks.task_verify, name="task-verify"),
    path(f"{TASK}cancel/", tasks.task_cancel, name="task-cancel"),
]
