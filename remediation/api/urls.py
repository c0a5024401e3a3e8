"""Addresses under /api/v1/incidents/<reference>/."""

from django.urls import path

from . import views

SERVICE = "remediation/services/<int:service_id>/"
TASK = "remediation/tasks/<task:number>/"

urlpatterns = [
    path("remediation/", views.Remediation.as_view(), name="api-remediation"),
    path(SERVICE, views.ServiceDetail.as_view(), name="api-restoration"),
    path(f"{SERVICE}updates/", views.UpdateList.as_view(), name="api-restoration-updates"),
    path(f"{SERVICE}target/", views.Target.as_view(), name="api-restoration-target"),
    path(f"{SERVICE}backup-check/", views.BackupCheck.as_view(), name="api-restoration-backup"),
    path(f"{SERVICE}confirmation/", views.Confirmation.as_view(), name="api-restoration-confirmation"),
    path("remediation/tasks/", views.TaskList.as_view(), name="api-task-list"),
    path(TASK, views.TaskDetail.as_view(), name="api-task"),
    path(f"{TASK}move/", views.TaskMove.as_view(), name="api-task-move"),
    path(f"{TASK}complete/", views.TaskComplete.as_view(), name="api-task-complete"),
    path(f"{TASK}verify/", views.TaskVerify.as_view(), name="api-task-verify"),
    path(f"{TASK}cancel/", views.TaskCancel.as_view(), name="api-task-cancel"),
]
