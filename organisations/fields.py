"""Fields that hold the names of people and organisations: read through `core.naming`, stored as they are."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from core import naming

if TYPE_CHECKING:  # Django's fields take no types at run time
    Char = models.CharField[str, str]
    Slug = models.SlugField[str, str]
    Email = models.EmailField[str, str]
else:
    Char, Slug, Email = models.CharField, models.SlugField, models.EmailField


class Shown(DeferredAttribute):
    """What reading the field gives: the name, or in a blind case the handle."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not (naming.veil() or naming.OWN in instance.__dict__):
            return value
        if instance.__dict__.get("is_system"):  # the platform itself is nobody's secret
            return value
        found = naming.handle_of(instance.pk, instance.__dict__)
        return value if found is None else self.field.handle_as(found)  # type: ignore[attr-defined]

    def __set__(self, instance: Any, value: Any) -> None:
        """Kept as given. That it can be set is what makes Python ask here, and not read the object's own attributes past us."""
        instance.__dict__[self.field.attname] = value


class Named(models.Model):
    """A model with such fields: reading them again from the database gives what is stored, whatever is shown."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **more: Any) -> None:
        """Copies values by reading them, so no veil may lie on them meanwhile: a handle would be saved as a name."""
        with naming.true_names():
            super().refresh_from_db(*args, **more)


class Hidden:
    """A field whose content is somebody's name. Nothing of it reaches the database differently: it migrates as what it is."""

    descriptor_class = Shown

    def handle_as(self, handle: naming.Handle) -> str:
        """What stands for the name."""
        return handle.words

    def pre_save(self, instance: models.Model, add: bool) -> Any:  # noqa: FBT001  (Django's signature)
        """What is stored is the name, whatever is shown."""
        return instance.__dict__[self.attname]  # type: ignore[attr-defined]

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """As the plain field below it."""
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        plain = next(each for each in type(self).__mro__ if each.__module__.startswith("django."))
        return name, f"django.db.models.{plain.__name__}", args, kwargs


class NameField(Hidden, Char):  # type: ignore[misc]
    """A name in words."""


class SlugField(Hidden, Slug):  # type: ignore[misc]
    """A short name for programs."""

    def handle_as(self, handle: naming.Handle) -> str:
        """The same in every language."""
        return handle.slug


class EmailField(Hidden, Email):  # type: ignore[misc]
    """An address: of somebody who is shown by a handle there is none."""

    def handle_as(self, _handle: naming.Handle) -> str:
        """Nothing."""
        return ""
