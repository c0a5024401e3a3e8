"""Reviews and recommendations are seen by whoever may see the evidence of their case."""

from django.db import migrations

from incidents.tenancy import case_child


class Migration(migrations.Migration):
    dependencies = [("accountability", "0001_reviews"), ("documents", "0002_walls")]
    operations = [
        case_child("accountability_review", grade="evidence", edit=None),
        case_child("accountability_recommendation", grade="evidence"),
    ]
