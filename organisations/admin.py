"""The admin site is for accounts and platform settings; it changes no case and shows none (architecture, tenancy)."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Membership, Organisation, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Looking only: changes go through the services, which record them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Tenants are founded by an operator's command."""

    list_display = ("name", "kind", "country", "slug", "created_at")
    list_filter = ("kind",)
    search_fields = ("name", "slug")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """An operator sees the memberships of the organisation they act for, like anybody: the database decides."""

    list_display = ("user", "organisation", "roles", "since", "until")
    list_select_related = ("user", "organisation")


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """An operator may shut an account and open it again, and nothing else."""

    list_display = ("email", "name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = (
        "email",
        "name",
        "language",
        "time_zone",
        "is_active",
        "is_staff",
        "is_system",
        "date_joined",
        "last_login",
    )
    readonly_fields = ("email", "name", "language", "time_zone", "is_staff", "is_system", "date_joined", "last_login")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.has_perm("organisations.change_user"))
